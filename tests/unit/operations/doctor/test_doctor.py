"""Each check of `make doctor` is right where all is well, and wrong where one thing is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from operations.checks import Verdict, made
from operations.doctor.__main__ import all_checks
from operations.doctor.account import Account as Room
from operations.doctor.domain import covers
from operations.doctor.plan import Plan
from operations.environment import Environment
from unit.operations.scripted_aws import ScriptedAws

ACCOUNT = "123456789012"
CERTIFICATE = f"arn:aws:acm:eu-west-1:{ACCOUNT}:certificate/1"
GIVEN = {
    "RequireApiKey": "true",
    "DomainName": "photos.shop.example",
    "CertificateArn": CERTIFICATE,
    "HostedZoneId": "Z1",
}


def not_there(body: Any) -> str:
    return "ValidationError"


@dataclass
class Account:
    """One in which a first deployment succeeds."""

    stack_name: str = "proxy"
    name: str = "dev"
    region: str | None = "eu-west-1"
    given: dict[str, str] = field(default_factory=GIVEN.copy)
    aws: ScriptedAws = field(
        default_factory=lambda: ScriptedAws(
            {
                "sts.GetCallerIdentity": {"Account": ACCOUNT, "Arn": "arn:me"},
                "cloudformation.DescribeStacks": not_there,
                "lambda.GetFunctionConfiguration": "ResourceNotFoundException",
                "logs.DescribeLogGroups": {"logGroups": []},
                "lambda.GetAccountSettings": concurrency(1000),
                "dynamodb.DescribeLimits": {
                    "TableMaxReadCapacityUnits": 40_000,
                    "TableMaxWriteCapacityUnits": 40_000,
                },
                "acm.DescribeCertificate": certificate(),
                "apigatewayv2.GetDomainName": "NotFoundException",
                "route53.GetHostedZone": zone("shop.example."),
                "route53.ListResourceRecordSets": records(),
            }
        )
    )

    def has(self, **answers: Any) -> None:
        """``lambda_GetAccountSettings={…}``, and so on."""
        self.aws.answers |= {name.replace("_", ".", 1): each for name, each in answers.items()}

    def reserves(self, search: str, prefetch: str, of: dict[str, Any]) -> None:
        self.given |= {"ReservedConcurrency": search, "PrefetchReservedConcurrency": prefetch}
        self.has(lambda_GetAccountSettings=of)

    def has_stack(self, name: str, status: str, **parameters: str) -> None:
        values = [{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()]
        found = {"StackName": name, "StackStatus": status, "Parameters": values}

        def describe(body: Any) -> Any:
            return {"Stacks": [found]} if body["StackName"] == name else "ValidationError"

        self.has(cloudformation_DescribeStacks=describe)

    def rows(self) -> dict[str, tuple[str, str]]:
        """What `make doctor` shows of each: its verdict, and what it got."""
        environment = Environment(self.name, self.stack_name, self.region, None, asks=False)
        words = [f"{name}={value}" for name, value in self.given.items()]
        checks = all_checks(environment, self.aws.session(self.region), words)
        return {each.what: (each.finding.verdict.value, each.finding.got) for each in made(checks)}


def concurrency(total: int, free: int | None = None) -> dict[str, Any]:
    left = total if free is None else free
    limit = {"ConcurrentExecutions": total, "UnreservedConcurrentExecutions": left}
    return {"AccountLimit": limit}


def certificate(status: str = "ISSUED", *names: str) -> dict[str, Any]:
    first, *others = names or ("shop.example", "*.shop.example")
    described = {"Status": status, "DomainName": first, "SubjectAlternativeNames": others}
    return {"Certificate": described}


def zone(name: str, *, private: bool = False) -> dict[str, Any]:
    return {"HostedZone": {"Name": name, "Config": {"PrivateZone": private}}}


def records(*types: str, name: str = "photos.shop.example.") -> dict[str, Any]:
    return {"ResourceRecordSets": [{"Name": name, "Type": each} for each in types]}


@pytest.fixture
def account() -> Account:
    return Account()


def test_where_all_is_well_every_check_says_so(account):
    expected = f"issued here for {GIVEN['DomainName']}"
    assert account.rows() == {
        "region": ("ok", "eu-west-1"),
        "credentials": ("ok", f"{ACCOUNT}, arn:me"),
        "stack name": ("ok", "proxy (5)"),
        "parameters": ("ok", "4 allowed"),
        "who may call": ("ok", "set"),
        "stack": ("ok", "none yet"),
        "names": ("ok", "free"),
        "bucket for the build": ("ok", "aws-sam-cli-managed-default: none yet"),
        "Lambda concurrency": ("ok", "1000: 1,250 misses a second"),
        "DynamoDB quotas": ("ok", "up to 40,000 and 40,000"),
        "Python and SnapStart": ("ok", "python3.13, SnapStart on"),
        "certificate": ("ok", expected),
        "domain": ("ok", "free"),
        "Route 53 zone": ("ok", "a public one of photos.shop.example"),
        "DNS record": ("ok", "free"),
    }


FAILING: list[tuple[str, Callable[[Account], Any], str]] = [
    ("region", lambda a: setattr(a, "region", None), "none: set AWS_DEFAULT_REGION"),
    ("credentials", lambda a: a.has(sts_GetCallerIdentity="ExpiredToken"), "(ExpiredToken)"),
    ("stack name", lambda a: setattr(a, "stack_name", "p" * 56), f"{'p' * 56} (56)"),
    ("stack name", lambda a: setattr(a, "stack_name", "my_proxy"), "my_proxy (8)"),
    ("parameters", lambda a: a.given.update(NoSuch="1"), "not allowed: NoSuch"),
    ("parameters", lambda a: a.given.update(LogLevel="debug"), "not allowed: LogLevel"),
    ("parameters", lambda a: a.given.update(MemorySize="64"), "not allowed: MemorySize"),
    ("parameters", lambda a: a.given.update(DomainName="Shop"), "not allowed: DomainName"),
    ("who may call", lambda a: a.given.update(RequireApiKey="false"), "none of them"),
    ("who may call", lambda a: a.given.update(JwtIssuer="https://a.test"), "without JwtAudience"),
    ("stack", lambda a: a.has_stack("proxy", "ROLLBACK_COMPLETE"), "delete it first"),
    ("stack", lambda a: a.has_stack("proxy", "UPDATE_IN_PROGRESS"), "UPDATE_IN_PROGRESS"),
    (
        "names",
        lambda a: a.has(lambda_GetFunctionConfiguration={}),
        "taken: proxy-search, proxy-prefetch",
    ),
    (
        "names",
        lambda a: a.has(
            logs_DescribeLogGroups={"logGroups": [{"logGroupName": "/aws/lambda/proxy-search"}]}
        ),
        "taken: /aws/lambda/proxy-search",
    ),
    (
        "bucket for the build",
        lambda a: a.has_stack("aws-sam-cli-managed-default", "ROLLBACK_COMPLETE"),
        "aws-sam-cli-managed-default: ROLLBACK_COMPLETE",
    ),
    (
        "Lambda concurrency",
        lambda a: a.reserves("800", "51", of=concurrency(1000, 950)),
        "950 of 1000 free",
    ),
    (
        "DynamoDB quotas",
        lambda a: a.given.update(TableWarmWrites="40001"),
        "up to 40,000 and 40,000",
    ),
    (
        "Python and SnapStart",
        lambda a: setattr(a, "region", "ap-southeast-6"),
        "no SnapStart in ap-southeast-6",
    ),
    (
        "Python and SnapStart",
        lambda a: a.given.update(PythonRuntime="python3.11"),
        "the image codecs need python3.12 or later",
    ),
    ("certificate", lambda a: a.given.pop("CertificateArn"), "no CertificateArn"),
    (
        "certificate",
        lambda a: a.given.update(CertificateArn=CERTIFICATE.replace("eu-west-1", "us-east-1")),
        "in us-east-1, not in eu-west-1",
    ),
    (
        "certificate",
        lambda a: a.has(acm_DescribeCertificate=certificate("PENDING_VALIDATION")),
        "PENDING_VALIDATION, not issued",
    ),
    (
        "certificate",
        lambda a: a.has(acm_DescribeCertificate=certificate("ISSUED", "www.shop.example")),
        "for www.shop.example",
    ),
    (
        "domain",
        lambda a: a.has(apigatewayv2_GetDomainName={"DomainName": "photos.shop.example"}),
        "photos.shop.example is another API's",
    ),
    ("Route 53 zone", lambda a: a.has(route53_GetHostedZone="NoSuchHostedZone"), "there is no Z1"),
    (
        "Route 53 zone",
        lambda a: a.has(route53_GetHostedZone=zone("other.example.")),
        "a public one of other.example",
    ),
    (
        "Route 53 zone",
        lambda a: a.has(route53_GetHostedZone=zone("shop.example.", private=True)),
        "a private one of photos.shop.example",
    ),
    (
        "DNS record",
        lambda a: a.has(route53_ListResourceRecordSets=records("A", "TXT")),
        "photos.shop.example has A",
    ),
]


@pytest.mark.parametrize(("what", "breaks", "got"), FAILING)
def test_what_would_fail_is_wrong(account, monkeypatch, what, breaks, got):
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    breaks(account)
    verdict, said = account.rows()[what]
    assert (verdict, got in said) == ("WRONG", True), said


def test_each_check_is_seen_failing(account):
    assert {what for what, _, _ in FAILING} == set(account.rows())


def test_without_credentials_nothing_else_is_asked(account):
    account.has(sts_GetCallerIdentity="ExpiredToken")
    assert list(account.rows()) == ["region", "credentials"]
    assert account.aws.asked == ["sts.GetCallerIdentity"]


def test_what_is_not_permitted_is_said(account):
    account.has(cloudformation_DescribeStacks="AccessDenied")
    verdict, said = account.rows()["stack"]
    assert (verdict, "(AccessDenied)" in said) == ("WRONG", True)


def test_a_new_accounts_concurrency_fails_nothing_and_is_noted(account):
    account.has(lambda_GetAccountSettings=concurrency(10))
    assert account.rows()["Lambda concurrency"] == ("note", "10: 12 misses a second")


def test_the_first_deployment_asks_for_what_is_not_saved_yet(account):
    account.given = {}
    rows = account.rows()
    assert {rows[what][0] for what in ("parameters", "who may call", "certificate")} == {"skipped"}


def test_what_the_stack_has_already_is_no_conflict(account):
    account.has_stack("proxy", "UPDATE_COMPLETE", **GIVEN, ReservedConcurrency="900")
    account.has(
        lambda_GetAccountSettings=concurrency(1000, 100),
        apigatewayv2_GetDomainName={"DomainName": "photos.shop.example"},
        route53_ListResourceRecordSets=records("A"),
    )
    rows = account.rows()
    assert {verdict for verdict, _ in rows.values()} == {"ok", "skipped"}
    assert [what for what, (verdict, _) in rows.items() if verdict == "skipped"] == [
        "names",
        "domain",
        "DNS record",
    ]


def test_a_change_set_that_was_not_carried_out_is_no_stack(account):
    account.has_stack("proxy", "REVIEW_IN_PROGRESS")
    rows = account.rows()
    assert (rows["stack"], rows["names"]) == (("ok", "none yet"), ("ok", "free"))


def test_an_emulator_has_no_quotas(account):
    account.name = "local"
    rows = account.rows()
    skipped = {what: said for what, (verdict, said) in rows.items() if verdict == "skipped"}
    why = "the emulator has no account's quotas, and starts from no snapshots"
    assert skipped == {
        "bucket for the build": "`make run` makes one in the emulator",
        **dict.fromkeys(("Lambda concurrency", "DynamoDB quotas", "Python and SnapStart"), why),
    }


def test_a_region_newer_than_botocore_is_noted(account):
    account.region = "eu-north-9"
    account.given = {}
    assert account.rows()["region"] == ("note", "eu-north-9, unknown to botocore")


def test_what_is_said_stands_above_what_is_saved_and_that_above_what_is_deployed(account, tmp_path):
    config = tmp_path / "samconfig.toml"
    config.write_text(
        "[dev.deploy.parameters]\ns3_bucket = 'builds'\n"
        'parameter_overrides = "LogLevel=\\"INFO\\" MemorySize=\\"512\\" Prefetch=\\"off\\""'
    )
    account.has_stack("proxy", "UPDATE_COMPLETE", LogLevel="DEBUG", Tracing="on", Gone="1")
    environment = Environment("dev", "proxy", "eu-west-1", None, asks=False)
    plan = Plan.read(environment, account.aws.session(), ["MemorySize=1024"], config)
    assert (plan.given, plan.options["s3_bucket"]) == (
        {"LogLevel": "INFO", "MemorySize": "1024", "Prefetch": "off", "Tracing": "on"},
        "builds",
    )


@pytest.mark.parametrize(("answer", "verdict"), [({}, Verdict.RIGHT), ("403", Verdict.WRONG)])
def test_a_bucket_that_samconfig_names_is_reached(account, answer, verdict):
    account.has(s3_HeadBucket=answer)
    environment = Environment("dev", "proxy", "eu-west-1", None, asks=False)
    plan = Plan(environment, account.aws.session(), None, {}, {"s3_bucket": "builds"}, {})
    assert Room(plan).check_bucket().verdict is verdict


@pytest.mark.parametrize(
    ("certified", "name", "does"),
    [
        ("shop.example", "shop.example", True),
        ("*.shop.example", "a.shop.example", True),
        ("*.shop.example", "shop.example", False),
        ("*.shop.example", "b.a.shop.example", False),
        ("a.shop.example", "b.shop.example", False),
    ],
)
def test_a_wildcard_stands_for_one_label(certified, name, does):
    assert covers(certified, name) is does
