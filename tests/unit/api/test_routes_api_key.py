"""Where a deployment asks for it, a server proves itself by a key of its own."""

import hashlib
import json

import boto3
import pytest

from wire import INDEX_KEY, JPEG, TOKEN, http_event

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
    return build_proxy(REQUIRE_API_KEY="true", SEARCHES_PER_DAY="1", SERVER_SEARCHES_PER_DAY="2")


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
        for number, headers in enumerate((WEB, WEB, WEB, FEED))
    ]
    assert statuses == [200, 200, 429, 200]


def test_a_servers_quota_is_another_than_a_users(proxy):
    reply = proxy.post(headers=WEB)
    assert reply.headers["RateLimit-Policy"] == '"minute";q=3000;w=60, "day";q=2;w=86400'


def test_a_server_that_passes_its_users_token_on_spends_that_users_quota(proxy):
    def search(subject, us):
        event = http_event("POST", "/v2/image_search", f"us={us}", WEB, JPEG)
        claims = {"jwt": {"claims": {"sub": subject}}}
        return proxy.send(
            {**event, "requestContext": event["requestContext"] | {"authorizer": claims}}
        )

    statuses = [search(*each).status for each in (("ann", 1), ("ann", 2), ("bob", 3), ("cy", 4))]
    assert statuses == [200, 429, 200, 200]


FORWARDED = {"x-forwarded-for": "192.0.2.44, 203.0.113.9", "user-agent": "Shop/7.1 (Pixel)"}


def named(upstream):
    """Whom each upstream call named."""
    names = ("x-forwarded-for", "user-agent")
    return [tuple(request.headers.get(name) for name in names) for request in upstream.requests]


def test_a_server_says_whose_search_it_is(proxy, upstream):
    proxy.post(headers=WEB | FORWARDED)
    proxy.post(headers=WEB, query="us=own")
    assert named(upstream) == [
        ("192.0.2.44", "Shop/7.1 (Pixel)"),
        ("203.0.113.9", "Shop/7.1 (iPhone)"),
    ]


def test_no_end_user_hides_behind_a_long_list(proxy, upstream):
    """A server's own proxy adds to what it gets (nginx's $proxy_add_x_forwarded_for)."""
    made_up = "198.51.100.99, " * 500
    proxy.post(headers=WEB | {"x-forwarded-for": f"{made_up}192.0.2.44, 203.0.113.9"})
    assert named(upstream) == [("192.0.2.44", "Shop/7.1 (iPhone)")]


def test_without_an_api_key_an_address_is_not_believed(build_proxy, upstream):
    build_proxy().post(headers=WEB | FORWARDED)
    assert named(upstream) == [("203.0.113.9", "Shop/7.1 (Pixel)")]


def test_no_key_is_reported(proxy, capfd):
    replies = [proxy.post(headers=WEB), proxy.post(headers={"x-api-key": "feed-canary-canary!"})]
    reported = f"{replies} {capfd.readouterr().out}"
    assert "canary" not in reported.replace(INDEX_KEY, "").replace(TOKEN, "")


def test_elsewhere_a_key_is_not_looked_at(build_proxy):
    assert build_proxy().post(headers={"x-api-key": "whatever"}).status == 200
