"""Secrets and end users' identifiers, sent through every route and every error, turn up nowhere."""

import base64
import gzip
import hashlib
import json
import re
from urllib.parse import parse_qsl

import boto3
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from image_search.uploads.tickets import Ticket
from logs import another_process
from prefetch.composition import build as build_prefetch
from prefetch.settings import PrefetchSettings
from prefetched import events_with, failures
from wire import INDEX_KEY, JPEG, TABLE, TOKEN, UPLOADS, http_event

API_KEY = "api-canary-canary-03"
SECRETS = (INDEX_KEY, TOKEN, API_KEY)
END_USER = {"i": "device-canary-04", "s": "770077007", "ui": "user-canary-05"}
AGENT, ADDRESS, SUBJECT = "Agent-Canary-06", "203.0.113.177", "subject-canary-07"
END_USERS = (*END_USER.values(), AGENT, ADDRESS, SUBJECT)
SHA256 = hashlib.sha256(JPEG).hexdigest()
BINARY = re.compile(r'\{"B": ?"([^"]*)"\}')
IDENTITY = "&".join(f"{name}={value}" for name, value in END_USER.items())

queries = st.sampled_from(
    [
        "",
        "us=web",
        "use_segmentation=yes",
        "colour=red&section=",
        "fmt_options[hidden_fields]=margin",
        "variations_map={",
        "site=nowhere",
        "s=0",
        "%ff",
        "fmt_options[fields=price",
    ]
)
bodies = st.sampled_from(
    [
        (JPEG, "image/jpeg"),
        (JPEG[:-2], "image/jpeg"),
        (b"", "image/jpeg"),
        (b"hello", "text/plain"),
        (b"--", "multipart/form-data; boundary=b"),
        (b"{", "application/json"),
        (b'{"image": "?"}', "application/json"),
        (f'{{"s3_uri": "s3://{UPLOADS}/uploads/{SHA256}"}}'.encode(), "application/json"),
        (b'{"s3_uri": "s3://foreign-bucket/a"}', "application/json"),
    ]
)
routes = st.sampled_from(
    [
        ("POST", "/v2/image_search"),
        ("GET", f"/v2/image_search/{SHA256}"),
        ("HEAD", f"/v2/image_search/{SHA256}"),
        ("GET", "/v2/image_search/nonsense"),
        ("POST", "/v2/uploads"),
        ("GET", "/health"),
        ("GET", "/nowhere"),
    ]
)
faults = st.sampled_from(["none", 400, 401, 403, 404, 429, 500, 503, "odd", "drop", "slow", "bug"])


class Echo:
    """An upstream that answers with all that it was sent, wherever there is room for it.

    But for the browser's name in an answer: that is the client's to choose, so it cannot be taken
    out of the answer's text.
    """

    def __init__(self):
        self.fault: str | int = "none"

    def __call__(self, request):
        request.read()
        said = f"{request.url} {dict(request.headers)}"
        if self.fault == "drop":
            raise httpx.RemoteProtocolError(said)
        if self.fault == "slow":
            raise httpx.ReadTimeout(said)
        if self.fault == "bug":
            raise RuntimeError(said)
        if isinstance(self.fault, int):
            said = said.replace(request.headers.get("user-agent", "-"), "-")
            body = {"message": said, "errors": [{"code": "x", "message": said, "source": said}]}
            return httpx.Response(self.fault, json=body)
        if self.fault == "odd":
            return httpx.Response(200, text=said)
        return httpx.Response(200, json=_answer(request, said))


def _answer(request, said):
    sent = dict(parse_qsl(request.url.query.decode()))
    return {
        "request": sent,
        "result_id": "r",
        "response": {
            "results": [{"value": "Shoe", "data": {"id": "1", "note": sent["key"]}}],
            "browse_url": f"https://browse.test/?{request.url.query.decode()}",
            "total_num_results": 1,
        },
        "said": said.replace(request.headers.get("user-agent", "-"), "-"),
    }


@pytest.fixture
def logged(capfd):
    """All that was written to standard output and error since it was last asked."""

    def read():
        captured = capfd.readouterr()
        return captured.out + captured.err

    return read


@pytest.fixture
def written(aws_events):
    """All that the functions have sent to DynamoDB, S3 and Lambda since it was last asked for."""
    requests = []
    for service in ("dynamodb", "s3", "lambda"):
        aws_events.register(f"before-send.{service}", lambda request, **_: requests.append(request))

    def read():
        texts = [f"{request.url} {_readable(request.body)}" for request in requests]
        requests.clear()
        return "\n".join(texts)

    return read


def _readable(body):
    """A request's body with the binary attributes of items, which hold gzip, as their text."""
    text = (body or b"").decode("latin-1")
    return BINARY.sub(lambda value: _gunzip(base64.b64decode(value[1])).decode("latin-1"), text)


def _gunzip(content):
    return gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content


@pytest.fixture
def echo(upstream):
    upstream.answer = Echo()
    return upstream.answer


@pytest.fixture
def shared(logged, written, build_proxy, environment, echo, monkeypatch):
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
    secret = {"key": INDEX_KEY, "token": TOKEN, "api_keys": {"web": API_KEY}}
    boto3.client("secretsmanager").put_secret_value(
        SecretId=environment["CREDENTIALS_SECRET_ARN"], SecretString=json.dumps(secret)
    )
    boto3.client("s3").put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG)
    return build_proxy(
        REQUIRE_API_KEY="true", SERVER_SEARCHES_PER_MINUTE="50", ALLOW_CACHE_BYPASS="true"
    )


def event_of(route, query, body, *, signed_in, api_key):
    method, path = route
    headers = {
        "user-agent": AGENT,
        "x-forwarded-for": ADDRESS,
        "cache-control": "no-cache",
        "content-type": body[1],
        "x-api-key": api_key,
    }
    event = http_event(method, path, f"{query}&{IDENTITY}", headers, body[0])
    event["requestContext"]["http"] |= {"sourceIp": ADDRESS, "userAgent": AGENT}
    if signed_in:
        event["requestContext"]["authorizer"] = {"jwt": {"claims": {"sub": SUBJECT}}}
    return event


def found(canaries, text):
    return [canary for canary in canaries if canary in text]


@settings(
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    route=routes,
    query=queries,
    body=bodies,
    fault=faults,
    signed_in=st.booleans(),
    api_key=st.sampled_from([API_KEY, API_KEY, API_KEY, "", API_KEY[:-1]]),
)
def test_no_canary_leaves_where_answers_are_shared(
    shared, echo, logged, written, route, query, body, fault, signed_in, api_key
):
    echo.fault = fault
    reply = shared.send(event_of(route, query, body, signed_in=signed_in, api_key=api_key))
    everywhere = f"{reply.headers} {reply.body!r} {logged()} {written()}"
    assert reply.status != 500 or fault == "bug"
    assert found((*SECRETS, *END_USERS), everywhere) == []


def test_what_is_logged_is_seen(shared, logged):
    """Or the tests of what is not logged would pass whatever is."""
    shared.get("/health")
    assert '"message":"request"' in logged()


def test_an_answer_is_seen_where_it_is_written(shared, echo, written):
    body = (JPEG, "image/jpeg")
    shared.send(event_of(("POST", "/v2/image_search"), "", body, signed_in=True, api_key=API_KEY))
    assert '"value":"Shoe"' in written().replace(" ", "")


def test_upstream_does_not_learn_who_searches_where_answers_are_shared(shared, upstream, echo):
    shared.send(
        event_of(
            ("POST", "/v2/image_search"), "", (JPEG, "image/jpeg"), signed_in=True, api_key=API_KEY
        )
    )
    assert found((*END_USER.values(), SUBJECT), str(upstream.requests[-1].url)) == []


@pytest.mark.parametrize("fault", ["none", 400, 500, "odd", "drop", "bug"])
def test_what_upstream_learns_of_an_end_user_is_in_no_log_and_no_item(
    logged, build_proxy, upstream, echo, fault
):
    proxy = build_proxy(CACHE_SCOPE="user")
    echo.fault = fault
    event = event_of(
        ("POST", "/v2/image_search"), "", (JPEG, "image/jpeg"), signed_in=True, api_key=""
    )
    proxy.send(event)
    assert upstream.requests != []
    keys = [item["pk"]["S"] for item in boto3.client("dynamodb").scan(TableName=TABLE)["Items"]]
    assert found((*SECRETS, *END_USERS), f"{logged()} {keys}") == []


@pytest.mark.parametrize("fault", ["none", 400, 401, 500, "odd", "drop", "slow", "bug"])
def test_no_canary_leaves_the_function_that_prefetches(
    shared, echo, logged, written, environment, upstream, fault
):
    """By an upload, and by a message to renew an answer: with tickets that name an end user."""
    events = events_with(Ticket(SHA256, IDENTITY, ADDRESS, AGENT), environment)
    written()  # the tickets, which name an end user until they are taken
    another_process()
    handler = build_prefetch(
        PrefetchSettings.from_environment(environment), httpx.MockTransport(upstream)
    )
    echo.fault = fault
    everywhere = f"{failures(handler, events)} {logged()} {written()}"
    assert upstream.requests != []
    assert found((*SECRETS, *END_USERS), everywhere) == []


def test_what_a_form_and_an_order_carry_names_no_one(shared, build_proxy, echo):
    """The two things that are written outside the table: upload forms, and refresh messages.

    The ticket that they name is in the table, and names the end user for minutes.
    """
    proxy = build_proxy(REQUIRE_API_KEY="true", REFRESH_FUNCTION="prefetch")
    boto3.client("s3").delete_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}")
    form = proxy.send(
        event_of(
            ("GET", f"/v2/image_search/{SHA256}"),
            "us=web",
            (b"", ""),
            signed_in=True,
            api_key=API_KEY,
        )
    ).json["upload"]
    assert found((*SECRETS, *END_USERS), json.dumps(form)) == []
    (ticket,) = boto3.client("dynamodb").scan(
        TableName=TABLE, FilterExpression="attribute_exists(sha256)"
    )["Items"]
    assert ticket["pk"]["S"] == f"ticket#{form['fields']['x-amz-meta-ticket']}"
    assert found((*SECRETS, *END_USERS), f"{ticket}") == [AGENT, ADDRESS]
