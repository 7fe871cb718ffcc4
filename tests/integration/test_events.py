"""The sample events through the deployed handler, with the stand-in behind it on loopback."""

import base64
import gzip
import hashlib
import importlib
import json
import sys
from pathlib import Path

import boto3
import httpx
import pytest

from wire import INDEX_KEY, TOKEN, UPLOADS, Context, full_minutes

EVENTS = Path(__file__).parents[2] / "events"


@pytest.fixture
def send(stand_in, aws, monkeypatch):
    """Sends a sample event to ``api.app.lambda_handler``, imported as Lambda would."""
    httpx.delete(f"{stand_in}/_control")
    monkeypatch.setenv("UPSTREAM_URL", stand_in)
    sys.modules.pop("api.app", None)
    handler = importlib.import_module("api.app").lambda_handler

    def one(name):
        response = handler(json.loads((EVENTS / name).read_text()), Context())
        body = response["body"]
        if response["isBase64Encoded"]:
            body = gzip.decompress(base64.b64decode(body))
        return response["statusCode"], response["headers"], json.loads(body)

    return one


def photo():
    event = json.loads((EVENTS / "search_bytes.json").read_text())
    return base64.b64decode(event["body"])


def received(stand_in):
    return httpx.get(f"{stand_in}/_control/requests").json()


def test_bytes_are_searched(send):
    status, headers, body = send("search_bytes.json")
    assert (status, full_minutes(headers["Cache-Status"])) == (
        200,
        "image-search-proxy; fwd=miss; stored; ttl=3600",
    )
    assert body["response"]["results"]


def test_upstream_receives_the_photo_with_our_credentials(send, stand_in):
    send("search_bytes.json")
    (request,) = received(stand_in)
    headers = request["headers"]
    assert request["query"] == [
        ["key", INDEX_KEY],
        ["c", "cio-be-lambda-acme"],
        ["section", "Products"],
        ["fmt_options[fields]", "price"],
        ["us", "web"],
    ]
    assert request["body_sha256"] == hashlib.sha256(photo()).hexdigest()
    assert (headers["x-forwarded-for"], headers["x-cnstrc-token"]) == ("203.0.113.9", TOKEN)


def test_the_same_photo_by_other_ways_is_a_hit(send, stand_in):
    boto3.client("s3").put_object(Bucket=UPLOADS, Key="uploads/photo.jpg", Body=photo())
    events = ("search_bytes.json", "search_base64.json", "search_s3_uri.json")
    statuses = [send(name)[1]["Cache-Status"].split(";")[1] for name in events]
    assert (statuses, len(received(stand_in))) == ([" fwd=miss", " hit", " hit"], 1)


def test_bad_parameters_are_all_named(send, stand_in):
    status, _, body = send("search_invalid.json")
    problems = [(error["code"], error["source"]) for error in body["errors"]]
    assert (status, problems, received(stand_in)) == (
        400,
        [("unknown_parameter", "page"), ("invalid_parameter", "section")],
        [],
    )


def test_health(send):
    status, _, body = send("health.json")
    assert (status, body) == (200, {"status": "ok"})


def test_a_wrong_method_is_answered_with_the_right_ones(send):
    status, headers, body = send("wrong_method.json")
    assert (status, headers["Allow"], body["errors"][0]["code"]) == (
        405,
        "POST, OPTIONS",
        "method_not_allowed",
    )


def test_every_sample_event_is_used():
    used = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    assert [path.name for path in EVENTS.iterdir() if path.name not in used] == []
