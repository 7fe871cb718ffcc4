"""HTTP as clients and web pages meet it: HEAD, wrong URLs, CORS and conditions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import httpx
import pytest

from e2e.conftest import LocalStack

FROM_A_PAGE = {"Origin": "https://shop.test"}
# As `fetch` sends it with a condition of the page's own.
BY_FETCH = {"Cache-Control": "no-cache", "Pragma": "no-cache"}


@pytest.fixture
def answered(stack: LocalStack, client: httpx.Client, photo: bytes) -> str:
    """The URL of an answer that is in the cache, whose image is not uploaded."""
    client.post(stack.search_url, content=photo).raise_for_status()
    return f"{stack.search_url}/{hashlib.sha256(photo).hexdigest()}"


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_head_has_the_length_of_get(answered: str, client: httpx.Client, coding: str) -> None:
    takes = {"Accept-Encoding": coding}
    head, get = (client.request(method, answered, headers=takes) for method in ("HEAD", "GET"))
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (
        200,
        b"",
        get.headers["Content-Length"],
    )


@pytest.mark.parametrize("path", ["/health", "/openapi.json"])
def test_head_works_for_what_is_open(stack: LocalStack, client: httpx.Client, path: str) -> None:
    head, get = (client.request(each, f"{stack.endpoint}{path}") for each in ("HEAD", "GET"))
    assert (head.status_code, head.headers["Content-Length"]) == (
        200,
        get.headers["Content-Length"],
    )


@pytest.mark.parametrize(
    ("method", "path", "status", "code", "allow"),
    [
        ("GET", "/v1/image_search", 404, "not_found", None),
        ("POST", "/v2/image_search/", 404, "not_found", None),
        ("GET", "/", 404, "not_found", None),
        ("GET", "/v2/image_search", 405, "method_not_allowed", "POST, OPTIONS"),
        ("PUT", "/v2/uploads", 405, "method_not_allowed", "POST, OPTIONS"),
        ("DELETE", "/health", 405, "method_not_allowed", "GET, HEAD, OPTIONS"),
    ],
)
def test_a_wrong_url_is_answered_in_our_shape_and_readable_by_pages(
    stack: LocalStack,
    client: httpx.Client,
    method: str,
    path: str,
    status: int,
    code: str,
    allow: str | None,
) -> None:
    answer = client.request(method, f"{stack.endpoint}{path}", headers=FROM_A_PAGE)
    (error,) = answer.json()["errors"]
    assert (
        answer.status_code,
        error["code"],
        answer.headers.get("Allow"),
        answer.headers["Access-Control-Allow-Origin"],
    ) == (status, code, allow, "*")


def test_an_answer_to_a_page_varies_as_any_other(answered: str, client: httpx.Client) -> None:
    varies = client.get(answered, headers=FROM_A_PAGE).headers["Vary"]
    assert {name.strip() for name in varies.split(",")} == {"Accept-Encoding"}


@pytest.mark.parametrize("directives", [{}, BY_FETCH])
def test_a_condition_that_is_met_is_304(
    answered: str, client: httpx.Client, directives: Mapping[str, str]
) -> None:
    tag = client.get(answered).headers["ETag"]
    answer = client.get(answered, headers={"If-None-Match": tag, **directives})
    assert (answer.status_code, answer.content) == (304, b"")


def test_a_page_may_send_a_key_and_what_tracing_adds(
    stack: LocalStack, client: httpx.Client
) -> None:
    asked = "x-api-key,traceparent,baggage,sentry-trace"
    preflight = {
        **FROM_A_PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": asked,
    }
    answer = client.options(stack.search_url, headers=preflight)
    allowed = answer.headers["Access-Control-Allow-Headers"].split(",")
    assert (answer.status_code, set(asked.split(",")) <= set(allowed)) == (204, True)
