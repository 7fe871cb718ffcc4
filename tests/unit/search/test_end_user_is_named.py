"""Upstream learns for whom each call is made, also in the background; the log does not."""

import hashlib
import io
import json
from typing import Any

import boto3
import httpx
import pytest
from botocore.awsrequest import AWSResponse

from prefetch.composition import build as build_prefetch
from prefetch.settings import PrefetchSettings
from wire import INDEX_KEY, JPEG, TABLE, TOKEN, UPLOADS, Context

SHA256 = hashlib.sha256(JPEG).hexdigest()
PATH = f"/v2/image_search/{SHA256}"
KEY = "web-canary-canary"
# By a user's own device, whose address the gateway sees; and by a server that names its end user.
DEVICE = ({"user-agent": "Shop/7.1 (Pixel)", "x-forwarded-for": "203.0.113.9"}, "203.0.113.9")
SERVER = (
    {
        "user-agent": "Shop/7.1 (Pixel)",
        "x-forwarded-for": "192.0.2.44, 203.0.113.9",
        "x-api-key": KEY,
    },
    "192.0.2.44",
)


class _Raw(io.BytesIO):
    def stream(self, **_):
        return iter([self.getvalue()])


@pytest.fixture
def messages(aws_events):
    """What the API hands to the function that prefetches."""
    messages = []

    def take(request, **_):
        messages.append(json.loads(request.body))
        headers: Any = {}
        return AWSResponse(request.url, 202, headers, _Raw(b"{}"))

    aws_events.register_first("before-send.lambda.Invoke", take)
    return messages


def build_background(environment, upstream):
    settings = PrefetchSettings.from_environment(environment)
    return build_prefetch(settings, httpx.MockTransport(upstream))


def answers():
    found = boto3.client("dynamodb").scan(
        TableName=TABLE, FilterExpression="attribute_exists(body)"
    )
    return found["Items"]


def age():
    """Brings each answer into the last tenth of its life."""
    for item in answers():
        stored_at = int(item["stored_at"]["N"]) - 3_500
        item |= {"stored_at": {"N": str(stored_at)}, "fresh_until": {"N": str(stored_at + 3_600)}}
        boto3.client("dynamodb").put_item(TableName=TABLE, Item=item)


def upload(fields):
    boto3.client("s3").put_object(
        Bucket=UPLOADS,
        Key=f"uploads/{SHA256}",
        Body=JPEG,
        Metadata={"ticket": fields["x-amz-meta-ticket"]},
    )
    about = {"bucket": {"name": UPLOADS}, "object": {"key": f"uploads/{SHA256}"}}
    return {"Records": [{"s3": about}]}


@pytest.mark.parametrize(("headers", "ip"), [DEVICE, SERVER], ids=["device", "server"])
def test_every_call_names_its_end_user_and_no_line_does(
    build_proxy, environment, upstream, messages, capfd, headers, ip
):
    secret = {"key": INDEX_KEY, "token": TOKEN, "api_keys": {"web": KEY}}
    boto3.client("secretsmanager").put_secret_value(
        SecretId=environment["CREDENTIALS_SECRET_ARN"], SecretString=json.dumps(secret)
    )
    required = str("x-api-key" in headers).lower()
    proxy = build_proxy(REFRESH_FUNCTION="prefetch", REQUIRE_API_KEY=required)

    # Not by a fixture, whose log would go elsewhere.
    prefetch = build_background(environment, upstream)
    form = proxy.get(PATH, headers, query="us=prefetched").json["upload"]
    prefetch(upload(form["fields"]), Context())
    proxy.post(headers=headers, query="us=sent")
    proxy.get(PATH, headers, query="us=by-name")
    age()
    proxy.post(headers=headers, query="us=sent")  # renews at once
    proxy.get(PATH, headers, query="us=by-name")  # is renewed after its answer
    for message in messages:
        prefetch(message, Context())

    named = [
        (
            dict(request.url.params)["us"],
            request.headers.get("x-forwarded-for"),
            request.headers.get("user-agent"),
        )
        for request in upstream.requests
    ]
    searched = ["prefetched", "sent", "by-name", "sent", "by-name"]
    assert named == [(us, ip, "Shop/7.1 (Pixel)") for us in searched]
    logged = capfd.readouterr()
    lines = f"{logged.out}{logged.err}{messages}"
    assert ('"result":"refreshed"' in lines, ip in lines, "Pixel" in lines) == (True, False, False)
    kept = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert [item["pk"]["S"] for item in kept if ip in str(item) or "Pixel" in str(item)] == []
