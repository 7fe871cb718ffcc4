"""The thin clients do what botocore's do: same request, same result, for every operation and fault.

`botocore's` is the oracle: both speak to the same server, which does to both the same.
"""

import json
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError

from image_search.aws import clients
from image_search.aws.json_client import connections
from image_search.aws.json_client.connections import Timeouts
from image_search.aws.session import session
from integration.loopback_aws import (
    answers,
    fails,
    hangs_up,
    loopback_aws,
    sends,
    stalls,
    then_closes,
)

FUNCTIONS = Path(__file__).parents[2] / "functions"
KEYS = ("AKID", "secret", "session-token")
TIMEOUTS = Timeouts(connect=0.3, read=0.3)
KEY = {"pk": {"S": "a"}}
ITEM = {
    **KEY,
    "body": {"B": b"\x00\xff"},
    "parts": {"BS": [b"a", b"b"]},
    "count": {"N": "17"},
    "fresh": {"BOOL": True},
    "nested": {"M": {"B": {"B": b"\x01"}, "list": {"L": [{"B": b"\x02"}, {"S": "é"}]}}},
}
ITEM_AS_JSON = {
    **KEY,
    "body": {"B": "AP8="},
    "parts": {"BS": ["YQ==", "Yg=="]},
    "count": {"N": "17"},
    "fresh": {"BOOL": True},
    "nested": {"M": {"B": {"B": "AQ=="}, "list": {"L": [{"B": "Ag=="}, {"S": "é"}]}}},
}
WRITE = {
    "ConditionExpression": "attribute_not_exists(pk) OR #n < :n",
    "ExpressionAttributeNames": {"#n": "count"},
    "ExpressionAttributeValues": {":n": {"N": "1"}, ":b": {"B": b"\x03"}},
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}
CALLS: dict[str, Any] = {
    "get_item": ({"Key": KEY, "ConsistentRead": True}, {"Item": ITEM_AS_JSON}),
    "put_item": ({"Item": ITEM, **WRITE}, {}),
    "update_item": (
        {
            "Key": KEY,
            "UpdateExpression": "SET body = :b",
            "ReturnValues": "UPDATED_NEW",
            **WRITE,
        },
        {"Attributes": {"body": {"B": "Aw=="}}},
    ),
    "delete_item": ({"Key": KEY}, {}),
}
SECRET = {"ARN": "arn:secret", "Name": "s", "VersionId": "v" * 32, "SecretString": '{"key": "é"}'}


@pytest.fixture(scope="module")
def aws():
    with loopback_aws() as aws:
        yield aws


@pytest.fixture
def pauses(monkeypatch):
    """Between two tries: noted rather than waited for."""
    noted: list[float] = []
    monkeypatch.setattr(time, "sleep", noted.append)
    return noted


@pytest.fixture
def point_at(environment, pauses, monkeypatch):
    for name, value in zip(("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"), KEYS, strict=False):
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setenv("AWS_SESSION_TOKEN", KEYS[2])
    session().set_credentials(*KEYS)  # botocore's are kept for all tests

    def point(url):
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", url)

    yield point
    session().set_credentials("testing", "testing")


@pytest.fixture
def both(aws, point_at):
    """Runs a call by botocore and by ours after the same script; what came of each."""
    point_at(aws.url)

    def run(call, *script):
        found = []
        for service in (botocores, ours):
            aws.plays(*script)
            found.append((outcome(call, *service()), len(aws.received)))
        return found

    return run


@pytest.fixture
def dynamodb(aws, point_at):
    point_at(aws.url)
    return clients.dynamodb(TIMEOUTS)


def botocores():
    return clients.client("dynamodb", TIMEOUTS), clients.client("secretsmanager", TIMEOUTS)


def ours():
    return clients.dynamodb(TIMEOUTS), clients.secrets_manager(TIMEOUTS)


def get(dynamodb, secrets_manager=None):
    return dynamodb.get_item(TableName="t", Key=KEY)


def put(dynamodb, secrets_manager):
    try:
        dynamodb.put_item(TableName="t", **CALLS["put_item"][0])
    except dynamodb.exceptions.ConditionalCheckFailedException as error:
        return "condition", error.response.get("Item")


def get_secret(dynamodb, secrets_manager):
    return secrets_manager.get_secret_value(SecretId="s")


def outcome(call, *services):
    """The result, or all that is known of an error.

    Left out: that the tries were used up, which botocore says of answers as well, and the classes
    of answered errors, of which ours has but one.
    """
    try:
        result = call(*services)
    except ClientError as error:
        response: Any = error.response
        response.pop("message", None)
        response["ResponseMetadata"].pop("MaxAttemptsReached", None)
        return "ClientError", error.operation_name, response
    except BotoCoreError as error:
        return type(error).__name__, error.kwargs.get("endpoint_url")
    if isinstance(result, dict):
        result["ResponseMetadata"].pop("MaxAttemptsReached", None)
    return result


def test_there_are_thin_clients(both):
    assert [type(each).__name__ for each in ours()] == ["DynamoDb", "SecretsManager"]


@pytest.mark.parametrize("operation", CALLS)
def test_an_operation_has_the_same_request_and_the_same_result(aws, both, operation):
    arguments, answer = CALLS[operation]
    sent = []

    def call(dynamodb, _):
        result = getattr(dynamodb, operation)(TableName="t", **arguments)
        sent.append(as_sent(aws.received[-1]))
        return result

    oracle, found = both(call, answers(answer))
    assert (found, sent[1]) == (oracle, sent[0])


def test_a_secret_has_the_same_request_and_the_same_result(aws, both):
    sent = []

    def call(*services):
        result = get_secret(*services)
        sent.append(as_sent(aws.received[-1]))
        return result

    oracle, found = both(call, answers(SECRET))
    assert (found, sent[1]) == (oracle, sent[0])


def as_sent(request):
    """What matters of a request, after its signature was found right."""
    headers = request.headers
    assert headers["Authorization"] == signed_again(request)
    names = ("Host", "Content-Type", "X-Amz-Target", "Accept-Encoding", "X-Amz-Security-Token")
    signed = {name for name in signed_names(request) if not name.startswith("amz-sdk-")}
    return request.line, [headers[name] for name in names], signed, json.loads(request.body)


def signed_names(request):
    names = request.headers["Authorization"].split("SignedHeaders=")[1].partition(",")[0]
    return names.split(";")


def signed_again(request):
    """The header as botocore makes it of what has arrived."""
    scope = request.headers["Authorization"].split("Credential=")[1].partition(",")[0]
    _, _, region, service, _ = scope.split("/")
    again = AWSRequest(
        "POST",
        f"http://{request.headers['Host']}/",
        {name: request.headers[name] for name in signed_names(request)},
        request.body,
    )
    again.context["timestamp"] = request.headers["X-Amz-Date"]
    auth: Any = SigV4Auth(Credentials(*KEYS), service, region)
    text = auth.string_to_sign(again, auth.canonical_request(again))
    return auth._inject_signature_to_request(again, auth.signature(text, again)).headers[
        "Authorization"
    ]


FAULTS: dict[str, Any] = {
    "throttled": [fails("ProvisionedThroughputExceededException")],
    "throttled by the account": [fails("ThrottlingException")],
    "throttled by the request": [fails("RequestLimitExceeded")],
    "out of order": [fails("InternalServerError", 500)],
    "unavailable": [answers(b"<html>busy</html>", 503)],
    "no words": [answers(b"", 500)],
    "condition": [fails("ConditionalCheckFailedException")],
    "denied": [fails("AccessDeniedException")],
    "no table": [fails("ResourceNotFoundException")],
    "unknown code": [fails("NeverHeardOfException")],
    "no code": [answers({"message": "no"}, 400)],
    "no JSON": [answers(b"what?", 400)],
    "forbidden": [answers({"Message": "no"}, 403)],
    "code with an address": [answers({"__type": "Denied:http://internal/"}, 400)],
    "cut": [hangs_up],
    "slow": [stalls],
    "throttled once": [fails("ProvisionedThroughputExceededException"), answers({})],
    "out of order once": [fails("InternalServerError", 500), answers({})],
    "cut once": [hangs_up, answers({})],
    "slow once": [stalls, answers({})],
    "garbage": [sends(b"garbage\r\n\r\n")],
    "closed after each answer": [then_closes(answers({}))],
    "says that it closes": [then_closes(answers({}, connection="close"))],
    "in chunks": [
        sends(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")
    ],
}


@pytest.mark.parametrize("call", [get, put, get_secret])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_has_the_same_outcome_after_as_many_tries(both, fault, call):
    oracle, found = both(call, *FAULTS[fault])
    assert found == oracle


def test_a_failed_condition_has_the_same_item(both):
    oracle, found = both(put, fails("ConditionalCheckFailedException", Item=ITEM_AS_JSON))
    assert found == oracle == (("condition", ITEM), 1)


def test_a_wrong_checksum_has_the_same_outcome_after_as_many_tries(both):
    oracle, found = both(get, answers({}, x_amz_crc32="1"), answers({}))
    assert found == oracle


def test_a_refused_connection_has_the_same_outcome(both, point_at):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    point_at(f"http://localhost:{port}")
    oracle, found = both(get, answers({}))
    assert found == oracle == (("EndpointConnectionError", f"http://localhost:{port}/"), 0)


def test_a_connection_that_is_not_taken_has_the_same_outcome(both, point_at):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        crowd = [socket.socket() for _ in range(4)]
        for each in crowd:
            each.setblocking(False)
            each.connect_ex(("127.0.0.1", port))
        point_at(f"http://127.0.0.1:{port}")
        oracle, found = both(get, answers({}))
        for each in crowd:
            each.close()
    assert found == oracle == (("ConnectTimeoutError", f"http://127.0.0.1:{port}/"), 0)


# Where botocore takes what is no answer of AWS's for one, and so a failing table for an empty one.
NO_ANSWERS = {
    "wrong checksum": (answers({}, x_amz_crc32="1"), "ChecksumError"),
    "no JSON": (answers(b"{"), "HTTPClientError"),
    "no object": (answers(b"[]"), "HTTPClientError"),
    "no base64": (answers({"Item": {"body": {"B": "?"}}}), "HTTPClientError"),
    "too deep": (answers(b'{"Item":' * 100_000), "HTTPClientError"),
    "half": (then_closes(answers({}, content_length="9")), "ConnectionClosedError"),
    "no error": (answers(b"[]", 400), "HTTPClientError"),
    "a number for a code": (answers({"__type": 7}, 500), "HTTPClientError"),
    "no UTF-8": (answers(b"\xff", 500), "HTTPClientError"),
}


@pytest.mark.parametrize("kind", NO_ANSWERS)
def test_what_is_no_answer_of_awss_is_a_failure_after_two_tries(aws, dynamodb, kind):
    script, error = NO_ANSWERS[kind]
    aws.plays(script)
    assert (outcome(get, dynamodb)[0], len(aws.received)) == (error, 2)


def test_the_pause_before_the_second_try_is_short(aws, dynamodb, pauses):
    aws.plays(fails("ThrottlingException"))
    outcome(get, dynamodb)
    (pause,) = pauses
    assert 0 <= pause <= 0.05


def used_connections(aws):
    return [request.connection for request in aws.received]


def test_a_connection_is_used_again(aws, dynamodb):
    aws.plays(answers({}))
    for _ in range(3):
        get(dynamodb)
    assert len(set(used_connections(aws))) == 1


def test_a_connection_that_dies_idle_costs_no_try(aws, dynamodb):
    aws.plays(answers({}), hangs_up, fails("ThrottlingException"), answers({}))
    get(dynamodb)
    assert get(dynamodb)["ResponseMetadata"]["RetryAttempts"] == 1
    first, died, tried, _ = used_connections(aws)
    assert (died == first, tried == first) == (True, False)


def test_what_is_sent_again_is_signed_anew(aws, dynamodb):
    aws.plays(answers({}), hangs_up, answers({}))
    get(dynamodb)
    get(dynamodb)
    assert [each.headers["Authorization"] for each in aws.received] == [
        signed_again(each) for each in aws.received
    ]


@pytest.mark.parametrize("seconds", [61, -1])
def test_a_connection_is_not_used_after_a_long_sleep(aws, dynamodb, monkeypatch, seconds):
    aws.plays(answers({}))
    get(dynamodb)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + seconds)
    get(dynamodb)
    assert len(set(used_connections(aws))) == 2


def test_a_sandbox_that_is_restored_has_no_connections(aws, dynamodb):
    aws.plays(answers({}))
    get(dynamodb)
    connections.drop_all()
    get(dynamodb)
    assert len(set(used_connections(aws))) == 2


def test_threads_use_connections_in_turns(aws, dynamodb):
    aws.plays(answers({}))
    with ThreadPoolExecutor(4) as pool:
        found = list(
            pool.map(lambda _: get(dynamodb)["ResponseMetadata"]["RetryAttempts"], range(40))
        )
    get(dynamodb)  # by another thread, over a connection of theirs
    assert (found, len(set(used_connections(aws))) <= 4) == ([0] * 40, True)


FORKING = """
import os
from image_search.aws import clients
from image_search.aws.json_client.connections import Timeouts

dynamodb = clients.dynamodb(Timeouts(5, 5))
get = lambda: dynamodb.get_item(TableName="t", Key={"pk": {"S": "a"}})
get()
child = os.fork()
if child == 0:
    get()
    os._exit(0)
os.waitpid(child, 0)
get()
"""


def test_a_forked_process_has_connections_of_its_own(aws, dynamodb, monkeypatch):
    aws.plays(answers({}))
    monkeypatch.setenv("PYTHONPATH", str(FUNCTIONS))
    subprocess.run([sys.executable, "-c", FORKING], check=True)
    parents, childs, parents_again = used_connections(aws)
    assert (childs == parents, parents_again == parents) == (False, True)


def test_a_clock_that_is_wrong_is_set_by_awss(aws, dynamodb):
    there = datetime.now(UTC) + timedelta(hours=1)
    aws.plays(
        answers({"__type": "InvalidSignatureException"}, 400, date=format_datetime(there, True)),
        answers({}),
    )
    get(dynamodb)
    signed = datetime.strptime(aws.received[1].headers["X-Amz-Date"] + "+0000", "%Y%m%dT%H%M%SZ%z")
    assert abs(signed - there) < timedelta(minutes=1)
    assert aws.received[1].headers["Authorization"] == signed_again(aws.received[1])


@pytest.mark.parametrize("date", ["now", "", "yesterday"])
def test_a_wrong_signature_alone_is_not_sent_again(aws, dynamodb, date):
    header = {"date": format_datetime(datetime.now(UTC), True) if date == "now" else date}
    aws.plays(answers({"__type": "InvalidSignatureException"}, 400, **header))
    outcome(get, dynamodb)
    assert len(aws.received) == 1
