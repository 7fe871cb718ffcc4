"""What no route takes: wrong paths and methods, and OPTIONS; by the gateway's catch-all routes."""

import hashlib
import json

import boto3
import pytest

from api.unrouted import CATCH_ALL
from wire import INDEX_KEY, JPEG, TOKEN, UPLOADS, http_event

SHA256 = hashlib.sha256(JPEG).hexdigest()
BY_HASH = f"/v2/image_search/{SHA256}"
READ, POST = "GET, HEAD, OPTIONS", "POST, OPTIONS"
PREFLIGHT = {"origin": "https://shop.test", "access-control-request-method": "POST"}


@pytest.fixture
def send(proxy):
    """A request as the gateway hands it over by a catch-all route."""

    def one(method, path, headers=None, route="$default", body=b""):
        return proxy.send({**http_event(method, path, "", headers, body), "routeKey": route})

    return one


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", "/v2/image_search", POST),
        ("PUT", "/v2/image_search", POST),
        ("POST", BY_HASH, READ),
        ("DELETE", BY_HASH, READ),
        ("GET", "/v2/uploads", POST),
        ("HEAD", "/v2/uploads", POST),
        ("POST", "/health", READ),
        ("PATCH", "/openapi.json", READ),
        ("BREW", "/health", READ),
    ],
)
def test_a_wrong_method_is_405_and_says_which_are_right(send, method, path, allow):
    reply = send(method, path)
    assert (reply.status, reply.code, reply.headers["Allow"], reply.json["trace_id"]) == (
        405,
        "method_not_allowed",
        allow,
        "request-1",
    )


@pytest.mark.parametrize(
    "path", ["", "/", "/v1/image_search", "/V2/image_search", "//v2/image_search", "/health/x"]
)
def test_a_wrong_path_is_404(send, path):
    reply = send("GET", path)
    assert (reply.status, reply.code, reply.headers["Cache-Control"]) == (
        404,
        "not_found",
        "no-store",
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v2/image_search/"),
        ("GET", f"{BY_HASH}/"),
        ("POST", "/v2/uploads/"),
        ("GET", "/health//"),
    ],
)
def test_a_slash_at_the_end_is_named(send, method, path):
    reply = send(method, path)
    assert (reply.status, reply.code, "slash at the end" in reply.json["message"]) == (
        404,
        "not_found",
        True,
    )


@pytest.mark.parametrize("name", [f'{SHA256}"', "a/b", "a#b", "a\\b", "¢"])
def test_what_is_no_hash_is_named(send, name):
    """The gateway takes any name there, the router does not."""
    reply = send("GET", f"/v2/image_search/{name}", route="GET /v2/image_search/{sha256}")
    assert (reply.status, reply.code, reply.json["errors"][0]["source"]) == (
        400,
        "invalid_parameter",
        "sha256",
    )


@pytest.mark.parametrize("path", [f"{BY_HASH}/x", f"/v2/image_search//{SHA256}"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_a_path_with_a_further_step_is_404_for_every_method(send, method, path):
    """Allow lists what a path takes (RFC 9110 §10.2.1), and this one takes nothing."""
    reply = send(method, path)
    assert (reply.status, reply.code, "Allow" in reply.headers) == (404, "not_found", False)


@pytest.mark.parametrize("route", sorted(CATCH_ALL))
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "/v2/image_search"), ("GET", BY_HASH), ("HEAD", BY_HASH), ("POST", "/v2/uploads")],
)
def test_nothing_that_costs_is_had_without_the_gateways_authorizer(
    send, upstream, method, path, route
):
    """Should a path be another to the gateway than to us: no token was asked for."""
    boto3.client("s3").put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG)
    reply = send(method, path, route=route, body=JPEG)
    assert (reply.status, reply.code, upstream.requests) == (404, "not_found", [])


def test_no_secret_is_fetched_to_refuse_a_wrong_url(aws_events, build_proxy):
    asked = []
    aws_events.register("before-send.*", lambda **_: asked.append("aws"))
    event = http_event("GET", "/nothing", "", {}, b"")
    reply = build_proxy(REQUIRE_API_KEY="true").send({**event, "routeKey": "$default"})
    assert (reply.status, asked) == (404, [])


@pytest.mark.parametrize(
    ("path", "allow"), [("/v2/image_search", POST), (BY_HASH, READ), ("/health", READ)]
)
@pytest.mark.parametrize("headers", [{}, PREFLIGHT])
def test_options_lists_the_methods(send, path, allow, headers):
    reply = send("OPTIONS", path, headers, "OPTIONS /{proxy+}")
    assert (reply.status, reply.headers, reply.body) == (
        204,
        {"Cache-Control": "no-store", "Allow": allow},
        b"",
    )


def test_a_page_may_read_that_a_path_is_not_there(send):
    """Its browser asks whether it may send the request before it sends it."""
    reply = send("OPTIONS", "/v1/image_search", PREFLIGHT)
    assert (reply.status, reply.headers) == (204, {"Cache-Control": "no-store"})


def test_options_of_a_wrong_path_is_404_otherwise(send):
    assert send("OPTIONS", "/v1/image_search").code == "not_found"


@pytest.mark.parametrize("path", ["/health", "/openapi.json"])
def test_head_is_get_without_the_body_that_the_gateway_leaves_out(proxy, path):
    head, get = (proxy.get(path, method=method) for method in ("HEAD", "GET"))
    assert head == get


def test_a_wrong_url_has_one_line_in_the_log(send, capsys):
    send("GET", "/nothing")
    (line,) = (json.loads(text) for text in capsys.readouterr().out.splitlines())
    assert (line["route"], line["status"], line["error"]) == ("$default", 404, "not_found")


def test_a_refusal_holds_no_secret(send):
    reply = send("GET", "/nothing")
    assert all(secret not in f"{reply}" for secret in (INDEX_KEY, TOKEN))
