"""The one line of each request: what it says, and what it never says."""

import json
import re

import pytest

from wire import JPEG, http_event


@pytest.fixture
def lines(capsys):
    """All that was logged since it was last asked."""
    return lambda: [json.loads(text) for text in capsys.readouterr().out.splitlines()]


def facts(line):
    """Without what differs from run to run, and what Powertools adds to every line."""
    always = ("level", "location", "timestamp", "service", "_aws", "milliseconds", "caller")
    varying = ("Milliseconds", "UpstreamMilliseconds", "NormalizeMilliseconds")
    return {name: value for name, value in line.items() if name not in always + varying}


def test_a_miss(lines, build_proxy):
    build_proxy().post(query="us=web")
    (line,) = lines()
    assert facts(line) == {
        "message": "request",
        "correlation_id": "request-1",
        "route": "POST /v2/image_search",
        "status": 200,
        "cache": "miss",
        "stored": True,
        "image_type": "image/jpeg",
        "Hits": [0.0],
        "UpstreamCalls": [1.0],
        "UpstreamBytes": [float(len(JPEG))],
        "ImageBytes": [float(len(JPEG))],
    }


def test_a_hit(lines, build_proxy):
    proxy = build_proxy()
    proxy.post()
    proxy.post()
    line = lines()[-1]
    assert (line["cache"], line["Hits"], "UpstreamCalls" in line) == ("hit", [1.0], False)


def test_a_stale_answer_says_what_it_excuses(lines, build_proxy, upstream):
    proxy = build_proxy(ALLOW_CACHE_BYPASS="true")
    proxy.post()
    upstream.answers(500)
    proxy.post(headers={"cache-control": "no-cache"})
    line = lines()[-1]
    assert (line["cache_detail"], line["met"], line["UpstreamFailures"], line["StaleAnswers"]) == (
        "stale-if-error",
        ["upstream_error"],
        [1.0],
        [1.0],
    )


def test_an_error(lines, build_proxy):
    build_proxy().post(b"hello")
    (line,) = lines()
    assert facts(line) == {
        "message": "request",
        "correlation_id": "request-1",
        "route": "POST /v2/image_search",
        "status": 415,
        "error": "unsupported_media_type",
        "detail": "",
        "met": ["unsupported_media_type"],
    }


def test_nothing_of_one_request_is_on_the_line_of_the_next(lines, build_proxy):
    proxy = build_proxy()
    proxy.post(b"hello")
    proxy.get("/health")
    line = lines()[-1]
    assert facts(line) == {
        "message": "request",
        "correlation_id": "request-1",
        "route": "GET /health",
        "status": 200,
    }


def test_a_caller_has_a_pseudonym_that_tells_callers_apart(lines, build_proxy):
    proxy = build_proxy()
    other = http_event("POST", "/v2/image_search", "", {}, JPEG)
    other["requestContext"]["http"]["sourceIp"] = "203.0.113.10"
    proxy.post()
    proxy.post()
    proxy.send(other)
    first, again, second = [line["caller"] for line in lines()]
    assert (first == again, first != second, bool(re.fullmatch("[0-9a-f]{16}", first))) == (
        True,
        True,
        True,
    )


def test_a_request_that_needs_no_secret_fetches_none_for_its_line(lines, build_proxy):
    build_proxy(CREDENTIALS_SECRET_ARN="no-such-secret").post(query="colour=red")
    (line,) = lines()
    assert (line["status"], "caller" in line) == (400, False)
