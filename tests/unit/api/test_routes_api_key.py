"""Where a deployment asks for it, a server proves itself by a key of its own."""

import hashlib
import json

import boto3
import pytest

from wire import INDEX_KEY, JPEG, TOKEN

PATH = f"/v2/image_search/{hashlib.sha256(JPEG).hexdigest()}"
WEB, FEED = {"x-api-key": "web-canary-canary"}, {"x-api-key": "feed-canary-canary"}


@pytest.fixture
def proxy(build_proxy, environment):
    secret = {
        "key": INDEX_KEY,
        "token": TOKEN,
        "api_keys": {"web": WEB["x-api-key"], "feed": FEED["x-api-key"]},
    }
    boto3.client("secretsmanager").put_secret_value(
        SecretId=environment["CREDENTIALS_SECRET_ARN"], SecretString=json.dumps(secret)
    )
    return build_proxy(REQUIRE_API_KEY="true", SEARCHES_PER_DAY="1")


@pytest.mark.parametrize("headers", [{}, {"x-api-key": ""}, {"x-api-key": "web-canary-canary2"}])
def test_without_a_key_every_route_that_costs_is_refused(proxy, upstream, headers):
    upload = json.dumps({"sha256": "a" * 64, "content_type": "image/jpeg", "size": 1}).encode()
    as_json = {"content-type": "application/json", **headers}
    replies = [
        proxy.post(query="nonsense=1", headers=headers),
        proxy.get(PATH, headers),
        proxy.get(PATH, headers, method="HEAD"),
        proxy.post(upload, headers=as_json, path="/v2/uploads"),
    ]
    reported = {(reply.status, reply.headers["WWW-Authenticate"]) for reply in replies}
    assert (reported, upstream.requests) == ({(401, 'ApiKey header="x-api-key"')}, [])


def test_the_error_has_a_code(proxy):
    assert proxy.post().code == "unauthorized"


@pytest.mark.parametrize("path", ["/health", "/openapi.json"])
def test_what_costs_nothing_is_open(proxy, path):
    assert proxy.get(path).status == 200


def test_with_a_key_it_is_a_search_like_any(proxy):
    assert proxy.post(headers=WEB).status == 200


def test_each_server_has_a_quota_of_its_own(proxy):
    statuses = [
        proxy.post(query=f"us={number}", headers=headers).status
        for number, headers in enumerate((WEB, WEB, FEED))
    ]
    assert statuses == [200, 429, 200]


def test_no_key_is_reported(proxy, capfd):
    replies = [proxy.post(headers=WEB), proxy.post(headers={"x-api-key": "feed-canary-canary!"})]
    reported = f"{replies} {capfd.readouterr().out}"
    assert "canary" not in reported.replace(INDEX_KEY, "").replace(TOKEN, "")


def test_elsewhere_a_key_is_not_looked_at(build_proxy):
    assert build_proxy().post(headers={"x-api-key": "whatever"}).status == 200
