"""Each permission is needed, and nothing beyond them is there: the emulator enforces IAM.

Each test takes one action away from a live role and looks at what no longer works. A sandbox of its
own is started for it, as others know by now what they once were allowed to read.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from samcli.yamlhelper import yaml_parse

from e2e.conftest import PARAMETERS, PROJECT
from e2e.phone import Phone
from resilience.sandboxes import environment_kept, start_anew
from waiting import wait_until

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

NOT_SHOWN_HERE = {
    # The emulator writes logs and failed events itself, without asking the role.
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "sqs:SendMessage",
    # X-Ray is off here.
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}


LATE_LINE_SECONDS = 3.0


class Roles:
    """The deployed functions' roles."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._iam = stack.client("iam")

    def arn(self, function: str) -> str:
        configuration = self._stack.lambda_.get_function_configuration(FunctionName=function)
        return str(configuration["Role"])

    @contextmanager
    def without(self, function: str, action: str) -> Iterator[None]:
        """The function's role may do all that it was deployed with but this action."""
        name = self.arn(function).rpartition("/")[2]
        taken = []
        for policy in self._iam.list_role_policies(RoleName=name)["PolicyNames"]:
            document = self._iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            less = without_action(document, action)
            if less != document:
                taken.append((policy, document))
                self._put(name, policy, less)
        assert taken
        try:
            yield
        finally:
            for policy, document in taken:
                self._put(name, policy, document)

    def decision(self, function: str, action: str, resource: str) -> str:
        found = self._iam.simulate_principal_policy(
            PolicySourceArn=self.arn(function), ActionNames=[action], ResourceArns=[resource]
        )
        return str(found["EvaluationResults"][0]["EvalDecision"])

    def _put(self, role: str, policy: str, document: Any) -> None:
        self._iam.put_role_policy(
            RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document)
        )


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def without_action(document: Any, action: str) -> Any:
    """A statement that is left without actions denies something that is not there."""
    statements = []
    for each in document["Statement"]:
        kept = [one for one in as_list(each["Action"]) if one != action]
        statements.append({**each, "Action": kept or ["none:None"]})
    changed = any(action in as_list(each["Action"]) for each in document["Statement"])
    return {**document, "Statement": statements} if changed else document


@pytest.fixture
def roles(stack: LocalStack) -> Roles:
    return Roles(stack)


@pytest.fixture
def phone(stack: LocalStack, client: httpx.Client, photo: bytes) -> Phone:
    return Phone(client, stack, photo)


@pytest.fixture
def denied(
    stack: LocalStack, roles: Roles, without_prefetch: None
) -> Iterator[Callable[[str], None]]:
    """Takes one action from the search's role, in new sandboxes."""
    taken = []

    def take(action: str) -> None:
        context = roles.without(stack.function, action)
        context.__enter__()
        taken.append(context)
        start_anew(stack, {})

    with environment_kept(stack):
        yield take
        for context in taken:
            context.__exit__(None, None, None)


# --- the function that searches -------------------------------------------------------------------


def test_without_reading_the_table_nothing_is_a_hit(
    denied: Callable[[str], None], phone: Phone
) -> None:
    denied("dynamodb:GetItem")
    phone.post()
    assert phone.post().headers["Cache-Status"].endswith("detail=cache-unavailable")


def test_without_writing_the_table_nothing_is_kept(
    denied: Callable[[str], None], phone: Phone
) -> None:
    denied("dynamodb:PutItem")
    assert phone.post().headers["Cache-Status"].endswith("detail=store-failed")


def test_without_writing_the_table_a_form_has_no_ticket(
    denied: Callable[[str], None], phone: Phone
) -> None:
    denied("dynamodb:PutItem")
    assert "x-amz-meta-ticket" not in phone.get().json()["upload"]["fields"]


def test_without_updating_the_table_nothing_is_leased_or_counted(
    denied: Callable[[str], None], phone: Phone
) -> None:
    denied("dynamodb:UpdateItem")
    answer = phone.post()
    assert answer.headers["Cache-Status"].endswith("detail=not-leased")
    assert "RateLimit" not in answer.headers


def test_without_deleting_from_the_table_the_circuit_forgets_no_failure(
    stack: LocalStack, client: httpx.Client, denied: Callable[[str], None], phone: Phone
) -> None:
    denied("dynamodb:DeleteItem")
    fault = {"status": 500, "times": 1}
    client.post(f"{stack.upstream}/_control/faults", json=fault).raise_for_status()
    statuses = [phone.post().status_code, phone.post().status_code]
    item = stack.dynamodb.get_item(TableName=stack.table, Key={"pk": {"S": "breaker"}}).get("Item")
    stack.dynamodb.delete_item(TableName=stack.table, Key={"pk": {"S": "breaker"}})
    assert (statuses, item is not None) == ([502, 200], True)


def test_without_reading_uploads_none_is_found(denied: Callable[[str], None], phone: Phone) -> None:
    uploaded = phone.upload(phone.get().json()["upload"])
    denied("s3:GetObject")
    assert (uploaded, phone.get().status_code) == (204, 404)


def test_without_reading_a_further_bucket_its_images_are_not_found(
    stack: LocalStack, denied: Callable[[str], None], phone: Phone, photo: bytes
) -> None:
    bucket = PARAMETERS["AllowedBuckets"]
    stack.s3.create_bucket(Bucket=bucket)
    stack.s3.put_object(Bucket=bucket, Key="look/1.jpg", Body=photo)
    uri = f"s3://{bucket}/look/1.jpg"
    allowed = phone.post_uri(uri).status_code
    denied("s3:GetObject")
    assert (allowed, phone.post_uri(uri).status_code) == (200, 404)


def test_without_writing_uploads_a_form_is_refused(
    denied: Callable[[str], None], phone: Phone
) -> None:
    denied("s3:PutObject")
    assert phone.upload(phone.get().json()["upload"]) == 403


def test_without_the_secret_nothing_is_searched(
    denied: Callable[[str], None], phone: Phone
) -> None:
    denied("secretsmanager:GetSecretValue")
    answer = phone.post()
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (503, "upstream_unavailable")


def test_without_invoking_the_other_function_nothing_is_renewed_later(
    stack: LocalStack, denied: Callable[[str], None], phone: Phone
) -> None:
    phone.upload(phone.get().json()["upload"])
    phone.get()
    phone.age_answer(stack)
    denied("lambda:InvokeFunction")
    assert "refresh-ahead" not in phone.get().headers["Cache-Status"]


# --- the function that prefetches -----------------------------------------------------------------


@contextmanager
def prefetching(stack: LocalStack, roles: Roles, without: str) -> Iterator[Callable[[], bool]]:
    """In a new sandbox, as the one that is there may know the secret by now.

    Yields whether it has logged by now what came of an event: it logs by a name of its own.
    """
    name = f"{stack.function.removesuffix('-search')}-prefetch"
    configuration = stack.lambda_.get_function_configuration(FunctionName=name)
    deployed = configuration["Environment"]["Variables"]
    own_name = f"prefetch-{uuid.uuid4().hex}"
    with roles.without(name, without):
        set_variables(stack, name, {**deployed, "POWERTOOLS_SERVICE_NAME": own_name})
        try:
            yield ResultLine(stack, name, own_name).is_there
        finally:
            set_variables(stack, name, deployed)


class ResultLine:
    """The line that says what came of an event, in a function that logs by a name of its own.

    MiniStack gives a line that comes late, as on a busy machine, to the sandbox's next invocation:
    so there is one every few seconds, which has nothing to do.
    """

    def __init__(self, stack: LocalStack, function: str, own_name: str) -> None:
        self._stack, self._function, self._own_name = stack, function, own_name
        self._invoke_at = time.monotonic() + LATE_LINE_SECONDS

    def is_there(self) -> bool:
        lines = self._stack.logged_by(self._function).splitlines()
        if any(self._own_name in line and '"message":"prefetch"' in line for line in lines):
            return True
        if time.monotonic() > self._invoke_at:
            self._stack.lambda_.invoke(
                FunctionName=self._function, Qualifier="live", Payload=b'{"Records": []}'
            )
            self._invoke_at = time.monotonic() + LATE_LINE_SECONDS
        return False


def set_variables(stack: LocalStack, function: str, variables: dict[str, str]) -> None:
    stack.lambda_.update_function_configuration(
        FunctionName=function, Environment={"Variables": variables}
    )
    published = stack.lambda_.publish_version(FunctionName=function)["Version"]
    stack.lambda_.update_alias(FunctionName=function, Name="live", FunctionVersion=published)


@pytest.mark.parametrize("action", ["s3:GetObject", "secretsmanager:GetSecretValue"])
def test_without_it_an_upload_is_not_searched_ahead(
    stack: LocalStack, roles: Roles, phone: Phone, action: str
) -> None:
    form = phone.get().json()["upload"]
    with prefetching(stack, roles, action) as has_ended:
        phone.upload(form)
        wait_until(has_ended)
        assert phone.searches == []


@pytest.mark.parametrize(
    ("action", "searches", "tickets"),
    [
        ("dynamodb:DeleteItem", 0, 1),  # no ticket is taken
        ("dynamodb:GetItem", 0, 0),  # without the table, nothing could be kept
        ("dynamodb:UpdateItem", 0, 0),  # nor without a lease
        ("dynamodb:PutItem", 1, 0),
    ],
)
def test_without_it_nothing_is_searched_ahead_that_is_kept(
    stack: LocalStack, roles: Roles, phone: Phone, action: str, searches: int, tickets: int
) -> None:
    form = phone.get().json()["upload"]
    with prefetching(stack, roles, action) as has_ended:
        phone.upload(form)
        wait_until(has_ended)
        kept = phone.get("only-if-cached").status_code != 504
        found = len(phone.searches), len(phone.tickets), kept
        assert found == (searches, tickets, False)


def test_without_writing_the_table_an_unusable_upload_is_forgotten(
    stack: LocalStack, roles: Roles, client: httpx.Client
) -> None:
    phone = Phone(client, stack, b"no image" + os.urandom(16))
    form = phone.get().json()["upload"]
    with prefetching(stack, roles, "dynamodb:PutItem") as has_ended:
        phone.upload(form)
        wait_until(has_ended)
        assert (phone.is_stored, phone.get().status_code) == (False, 404)


def test_without_deleting_a_file_that_is_no_image_stays(
    stack: LocalStack, roles: Roles, client: httpx.Client
) -> None:
    phone = Phone(client, stack, b"no image" + os.urandom(16))
    form = phone.get().json()["upload"]
    with prefetching(stack, roles, "s3:DeleteObject") as has_ended:
        phone.upload(form)
        wait_until(has_ended)
        assert phone.get().status_code == 415


# --- all of them, and no more ---------------------------------------------------------------------


def test_every_action_is_taken_away_by_a_test_or_cannot_be() -> None:
    resources = yaml_parse((PROJECT / "template.yaml").read_text())["Resources"]
    source = (PROJECT / "tests/e2e/test_iam.py").read_text()
    granted = {
        action
        for each in resources.values()
        if each["Type"] in ("AWS::IAM::Role", "AWS::IAM::Policy")
        for either in each["Properties"].get("Policies", [each["Properties"]])
        for policy in [either.get("Fn::If", (None, either))[1]]
        for statement in policy["PolicyDocument"]["Statement"]
        for action in as_list(statement["Action"])
    }
    assert {action for action in granted - NOT_SHOWN_HERE if f'"{action}"' not in source} == set()


@pytest.mark.parametrize("suffix", ["search", "prefetch"])
@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:000000000000:table/another"),
        ("dynamodb:Scan", "{table}"),
        ("s3:GetObject", "arn:aws:s3:::{bucket}/other/photo.jpg"),
        ("s3:GetObject", "arn:aws:s3:::another-bucket/uploads/photo.jpg"),
        ("s3:ListBucket", "arn:aws:s3:::{bucket}"),
        (
            "secretsmanager:GetSecretValue",
            "arn:aws:secretsmanager:us-east-1:000000000000:secret:another-AbCdEf",
        ),
        ("secretsmanager:PutSecretValue", "{secret}"),
        ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:000000000000:function:another"),
        ("iam:PassRole", "*"),
    ],
)
def test_what_is_anothers_is_denied(
    stack: LocalStack, roles: Roles, suffix: str, action: str, resource: str
) -> None:
    function = f"{stack.function.removesuffix('-search')}-{suffix}"
    table = f"arn:aws:dynamodb:us-east-1:000000000000:table/{stack.table}"
    named = resource.format(table=table, bucket=stack.bucket, secret=stack.secret_arn)
    assert roles.decision(function, action, named) == "implicitDeny"


def test_what_is_its_own_is_allowed(stack: LocalStack, roles: Roles) -> None:
    decisions = {
        roles.decision(stack.function, action, resource)
        for action, resource in (
            (
                "dynamodb:GetItem",
                f"arn:aws:dynamodb:us-east-1:000000000000:table/{stack.table}",
            ),
            ("s3:GetObject", f"arn:aws:s3:::{stack.bucket}/uploads/a"),
            ("secretsmanager:GetSecretValue", stack.secret_arn),
        )
    }
    assert decisions == {"allowed"}
