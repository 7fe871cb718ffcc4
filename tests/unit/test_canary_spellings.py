"""Secrets that the world around the functions spells in its own ways turn up nowhere.

Whatever answers, upstream and AWS alike, plants them in every field of what it says; every byte
that goes out or into a log is then read as the standard library would.
"""

import hashlib
import json
import socket
from typing import Any

import boto3
import httpx
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from image_search.uploads.tickets import Ticket
from logs import another_process
from prefetch.composition import build as build_prefetch
from prefetch.settings import PrefetchSettings
from prefetched import events_with, failures
from spelled import SPELLINGS, holds, readings, spell
from wire import JPEG, http_event

KEY = "key_CanaryCanary01"
TOKEN = 'tok-"ca\\na+ry/%41=~02'
# As long as the shortest that is taken, and equal to what metrics are named by.
API_KEYS = {"web": "UpstreamMilliseconds", "feed": "ImageSearchProxy", "shop": "feed-canary-"}
# The names of metrics are no secrets, whatever a key is: those are looked for in other texts.
CANARIES = (KEY, TOKEN, API_KEYS["shop"])
# What upstream is sent: it knows no API key.
SENT = (KEY, TOKEN)
SHA256 = hashlib.sha256(JPEG).hexdigest()
spellings = st.lists(st.sampled_from(sorted(SPELLINGS)), min_size=1, max_size=2)


class Planting:
    """An upstream that repeats the secrets, spelled, in each field of an answer."""

    def __init__(self) -> None:
        self.names: list[str] = ["as it is"]
        self.kind: str | int = "answer"

    def said(self, canaries: tuple[str, ...] = SENT) -> str:
        return " ".join(f"<{spell(canary, self.names)}>" for canary in canaries)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        said = self.said()
        headers = {"x-said": said.replace("\n", "")}
        if self.kind == "drop":
            raise httpx.RemoteProtocolError(said)
        if self.kind == "refuse":
            raise httpx.ConnectError(said)
        if self.kind == "bug":
            raise RuntimeError(said, {said: [said.encode()]})
        if self.kind == "no JSON":
            return httpx.Response(200, headers=headers, text=said)
        if isinstance(self.kind, int):
            body = {"message": said, "errors": [{"code": said, "message": said, said: [said]}]}
            return httpx.Response(self.kind, headers=headers, json=body)
        return httpx.Response(200, headers=headers, json=_answer(said))


def _answer(said: str) -> dict[str, Any]:
    return {
        "request": {"section": said, said: {"key": said, "more": [said, {said: 1}]}},
        "result_id": said,
        "response": {
            "results": [{"value": said, "matched_terms": [said], "data": {"id": said, said: None}}],
            "browse_url": f"https://browse.test/{said}?a={said}&key={said}#{said}",
            "facets": [[[said]]],
        },
        "segments": [{"x1": 1, "label": said}],
        said: said,
    }


@pytest.fixture
def planting(upstream):
    upstream.answer = Planting()
    return upstream.answer


@pytest.fixture
def sent(aws_events, monkeypatch):
    """All that goes to AWS, headers and metadata included, and to X-Ray's daemon."""
    texts: list[str] = []
    for service in ("dynamodb", "s3", "lambda"):
        aws_events.register(f"before-send.{service}", lambda request, **_: note(request))

    def note(request):
        body = request.body or b""
        body = body if isinstance(body, bytes) else str(body).encode()
        texts.append(f"{request.url} {dict(request.headers)} {body.decode('latin-1')}")

    def datagram(_, data, *__):
        texts.append(data.decode("latin-1"))
        return len(data)

    monkeypatch.setattr(socket.socket, "sendto", datagram)
    monkeypatch.setenv("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")
    return texts


@pytest.fixture
def proxy(capfd, sent, build_proxy, environment, planting, monkeypatch):
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "DEBUG")
    secret = {"key": KEY, "token": TOKEN, "api_keys": API_KEYS}
    boto3.client("secretsmanager").put_secret_value(
        SecretId=environment["CREDENTIALS_SECRET_ARN"], SecretString=json.dumps(secret)
    )
    return build_proxy(
        REQUIRE_API_KEY="true", SERVER_SEARCHES_PER_MINUTE="100000", ALLOW_CACHE_BYPASS="true"
    )


def ask(proxy, **headers):
    given_headers = {"x-api-key": API_KEYS["web"], "cache-control": "no-cache", **headers}
    return proxy.send(http_event("POST", "/v2/image_search", "us=web", given_headers, JPEG))


@settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    spellings,
    st.sampled_from(
        ["answer", "answer", "no JSON", "drop", "refuse", "bug", 400, 401, 404, 429, 500, 503]
    ),
)
@example(["base64"], "answer")
@example(["JSON", "JSON"], "bug")
@example(["percent of every character"], 400)
def test_what_upstream_repeats_in_any_spelling_goes_nowhere(
    proxy, planting, sent, capfd, names, kind
):
    planting.names, planting.kind = names, kind
    sent.clear()
    reply = ask(proxy)
    logged = capfd.readouterr()
    assert reply.status != 500 or kind == "bug"
    assert "_aws" in logged.out
    for text in (str(reply.headers), reply.body.decode(), logged.out, logged.err, *sent):
        assert holds(text, CANARIES) == []


@pytest.mark.parametrize("names", [["percent"], ["JSON", "base64"], ["base64 in lines"], ["JSON"]])
@pytest.mark.parametrize("kind", ["answer", "drop", "bug", 400, 401, 500])
def test_nor_does_it_by_the_function_that_prefetches(
    proxy, planting, sent, capfd, environment, upstream, names, kind
):
    prefetch_settings = PrefetchSettings.from_environment(environment)
    events = events_with(Ticket(SHA256, "us=web", "203.0.113.9", "Shop/7.1"), environment)
    another_process()
    handler = build_prefetch(prefetch_settings, httpx.MockTransport(upstream))
    planting.names, planting.kind = names, kind
    texts = failures(handler, events)
    logged = capfd.readouterr()
    assert upstream.requests != []
    for text in (*texts, logged.out, logged.err, *sent):
        assert holds(text, CANARIES) == []


@pytest.mark.parametrize("names", [["as it is"], ["JSON"], ["percent"], ["base64"]])
@pytest.mark.parametrize("service", ["dynamodb", "s3", "lambda"])
def test_what_aws_repeats_in_an_error_goes_nowhere(
    proxy, planting, sent, capfd, aws_events, service, names
):
    ask(proxy)
    planting.names = names
    said = planting.said(CANARIES)
    error = json.dumps({"__type": "InternalServerError", "message": said}).encode()
    if service == "s3":
        escaped = said.replace("&", "&amp;").replace("<", "&lt;")
        error = f"<Error><Code>InternalError</Code><Message>{escaped}</Message></Error>".encode()

    class Raw:
        def stream(self, **_):
            yield error

        def read(self, *_):
            return error

    def fail(request, **_):
        return AWSResponse(request.url, 400, HTTPHeaders(), Raw())

    aws_events.register_first(f"before-send.{service}", fail)
    replies = [ask(proxy), proxy.get(f"/v2/image_search/{SHA256}", {"x-api-key": API_KEYS["web"]})]
    logged = capfd.readouterr()
    assert [reply.status for reply in replies if reply.status == 500] == []
    for text in (*(reply.body.decode() for reply in replies), logged.out, logged.err, *sent):
        assert holds(text, CANARIES) == []


def test_an_upload_form_carries_no_secret_in_its_metadata(proxy):
    reply = proxy.get(f"/v2/image_search/{SHA256}", {"x-api-key": API_KEYS["web"]}, query="us=web")
    assert reply.status == 404
    assert holds(reply.body.decode(), CANARIES) == []


@pytest.mark.parametrize("caller", ["web", "feed"])
def test_metrics_survive_keys_that_are_named_as_they_are(proxy, planting, capfd, caller):
    ask(proxy, **{"x-api-key": API_KEYS[caller]})
    (line,) = [json.loads(text) for text in capfd.readouterr().out.splitlines() if "_aws" in text]
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "ImageSearchProxy"
    assert directive["Dimensions"] == [["service"]]
    names = {metric["Name"] for metric in directive["Metrics"]}
    assert {"Hits", "UpstreamCalls", "UpstreamMilliseconds"} <= names <= line.keys()


@pytest.mark.parametrize("name", SPELLINGS)
def test_the_reader_reads_every_spelling(name):
    """Or the tests above would pass whatever goes out."""
    for canary in CANARIES:
        assert holds(f"a {spell(canary, [name])} b", [canary]) == [canary]


def test_the_reader_sees_a_canary_within_log_lines():
    line = json.dumps({"detail": json.dumps({"message": f"<{TOKEN}>"})})
    assert holds(line, CANARIES) == [TOKEN]
    assert len(set(readings(line))) > 1
