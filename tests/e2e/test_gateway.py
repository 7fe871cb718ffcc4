"""What the gateway does to requests before the function sees them, and to its answers."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import httpx
import pytest

from gateway import limits

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

TOO_LARGE = (413, {"message": "Request Entity Too Large"})
FROM_A_PAGE = {"Origin": "https://shop.test"}


@pytest.mark.parametrize("size", [4_720_000, 5_000_000, 10_500_000])
def test_an_image_that_lambda_does_not_take_is_refused_in_the_gateways_words(
    stack: LocalStack, client: httpx.Client, photo: bytes, size: int
) -> None:
    large = photo.ljust(size, b"\0")
    refused = client.post(stack.search_url, content=large, headers=FROM_A_PAGE)
    assert (refused.status_code, refused.json()) == TOO_LARGE
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert refused.headers["apigw-requestid"] not in stack.log_text


def test_the_function_refuses_what_is_smaller_and_names_the_upload(
    stack: LocalStack, client: httpx.Client, photo: bytes
) -> None:
    refused = client.post(stack.search_url, content=photo.ljust(4_700_000, b"\0"))
    answer = refused.json()
    assert (refused.status_code, answer["errors"][0]["code"]) == (413, "image_too_large")
    assert "POST /v2/uploads" in answer["message"]
    assert answer["trace_id"] == refused.headers["apigw-requestid"]


@pytest.mark.parametrize("content_type", ["text/plain", "application/xml"])
def test_an_image_that_is_called_a_text_arrives_destroyed(
    stack: LocalStack, client: httpx.Client, photo: bytes, content_type: str
) -> None:
    refused = client.post(stack.search_url, content=photo, headers={"Content-Type": content_type})
    code = refused.json()["errors"][0]["code"]
    assert (refused.status_code, code) == (415, "unsupported_media_type")


def test_request_line_and_headers_have_10240_bytes(stack: LocalStack, client: httpx.Client) -> None:
    long = {"X-Long": "x" * limits.REQUEST_LINE_AND_HEADER_BYTES}
    refused = client.get(f"{stack.endpoint}/health", headers=long)
    assert (refused.status_code, list(refused.json())) == (431, ["message"])


def test_longer_headers_are_refused_in_the_same_words(
    stack: LocalStack, client: httpx.Client
) -> None:
    refused = client.get(f"{stack.endpoint}/health", headers={"X-Long": "x" * 40_000})
    assert (refused.status_code, list(refused.json())) == (431, ["message"])


def test_a_head_has_no_body(stack: LocalStack, client: httpx.Client, photo: bytes) -> None:
    client.post(stack.search_url, content=photo).raise_for_status()
    head = client.head(f"{stack.search_url}/{hashlib.sha256(photo).hexdigest()}")
    assert (head.status_code, head.content, "ETag" in head.headers) == (200, b"", True)


def test_a_page_may_read_an_answer_and_its_vary_stays(
    stack: LocalStack, client: httpx.Client, photo: bytes
) -> None:
    answer = client.post(stack.search_url, content=photo, headers=FROM_A_PAGE)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_without_an_origin_there_are_no_cors_headers(
    stack: LocalStack, client: httpx.Client
) -> None:
    assert "Access-Control-Allow-Origin" not in client.get(f"{stack.endpoint}/health").headers
