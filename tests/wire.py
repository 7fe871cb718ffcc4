"""The proxy's two ends as tests see them: the gateway's events and upstream's wire."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

JPEG = (
    bytes.fromhex(
        "ffd8"
        "ffc0000b080010001001011100"  # a frame header: grey, 16 x 16
        "ffda0008010100003f00"  # a scan header, then some data and the end
    )
    + b"\x2a" * 1000
    + b"\xff\xd9"
)
"""Whole by its structure, which is all that is looked at before upstream decodes it."""
INDEX_KEY = "key_CanaryCanary01"
TOKEN = "tok-canary-canary-02"
TABLE = "cache"
UPLOADS = "uploads-bucket"
ALLOWED = "catalogue-photos"

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-west-1",
    "POWERTOOLS_SERVICE_NAME": "image-search-proxy",
    "CACHE_TABLE": TABLE,
    "UPLOADS_BUCKET": UPLOADS,
    "ALLOWED_BUCKETS": ALLOWED,
    "CREDENTIALS_SECRET_ARN": "image-search-credentials",
    "CLIENT_ID": "cio-be-lambda-acme",
    "UPSTREAM_URL": "https://image-search.test",
}
"""A deployment's, of whose AWS nothing answers."""

ANSWER = {
    "request": {"section": "Products"},
    "result_id": "0b1f",
    "response": {
        "results": [{"value": "Red shoe", "matched_terms": [], "data": {"id": "shoe-red"}}],
        "total_num_results": 1,
    },
    "segmentation_used": False,
    "whole_image_search_fallback": False,
}


UNCOMPRESSED_GZIP_BYTES = 23
"""What gzip adds to up to 64 KB that it does not compress: so an answer's size is known."""


@dataclass
class Upstream:
    """Upstream at the wire: records what it receives and answers what it is told."""

    requests: list[httpx.Request] = field(default_factory=list)
    answer: Callable[[httpx.Request], httpx.Response] = field(
        default=lambda _: httpx.Response(200, json=ANSWER)
    )

    def __call__(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.requests.append(request)
        answer = self.answer(request)
        return _compressed(answer) if answer.is_closed else answer

    def answers(self, status: int, **content: Any) -> None:
        self.answer = lambda _: httpx.Response(status, **content)

    def raises(self, error: Exception) -> None:
        def fail(_: httpx.Request) -> httpx.Response:
            raise error

        self.answer = fail

    @property
    def query(self) -> list[tuple[str, str]]:
        """The last request's query, decoded."""
        return list(self.requests[-1].url.params.multi_items())


def answer_of(size: int) -> httpx.Response:
    """Upstream's answer of as many bytes as it comes and is stored: its gzip does not compress."""
    empty = json.dumps({**ANSWER, "result_id": ""}).encode()
    filled = "x" * (size - UNCOMPRESSED_GZIP_BYTES - len(empty))
    body = json.dumps({**ANSWER, "result_id": filled}).encode()
    stored = httpx.ByteStream(gzip.compress(body, compresslevel=0, mtime=0))
    return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=stored)


def _compressed(answer: httpx.Response) -> httpx.Response:
    """As it goes over the wire; what is given as a stream does so as it is."""
    return httpx.Response(
        answer.status_code,
        headers={**answer.headers, "Content-Encoding": "gzip"},
        stream=httpx.ByteStream(gzip.compress(answer.content)),
    )


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The only error's code."""
        (error,) = self.json["errors"]
        return str(error["code"])

    @property
    def cache_status(self) -> str:
        """With the time to live in full minutes, for a test may take a second or two."""
        return full_minutes(self.headers["Cache-Status"])


def full_minutes(header: str) -> str:
    """The header with its seconds rounded up to minutes."""
    return re.sub(r"(ttl|max-age)=(\d+)", lambda m: f"{m[1]}={-(-int(m[2]) // 60) * 60}", header)


class Context:
    """The part of Lambda's context object that the function reads."""

    aws_request_id = "lambda-request-id"

    def __init__(self, remaining_seconds: float = 30) -> None:
        self._remaining_seconds = remaining_seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self._remaining_seconds * 1000)


@dataclass(frozen=True)
class Proxy:
    """Sends requests to the handler as the HTTP API would."""

    handler: Callable[[dict[str, Any], Any], dict[str, Any]]

    def post(
        self,
        body: bytes = JPEG,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        remaining_seconds: float = 30,
        path: str = "/v2/image_search",
    ) -> Reply:
        event = http_event("POST", path, query, headers, body)
        return self.send(event, remaining_seconds)

    def post_json(self, body: object, query: str = "") -> Reply:
        text = body if isinstance(body, str) else json.dumps(body)
        return self.post(text.encode(), query, {"content-type": "application/json"})

    def get(
        self,
        path: str,
        headers: Mapping[str, str] | None = None,
        query: str = "",
        method: str = "GET",
    ) -> Reply:
        return self.send(http_event(method, path, query, headers, b""))

    def send(self, event: dict[str, Any], remaining_seconds: float = 30) -> Reply:
        response = self.handler(event, Context(remaining_seconds))
        body = response["body"].encode()
        if response["isBase64Encoded"]:
            body = base64.b64decode(body)
        if response["headers"].get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        return Reply(response["statusCode"], response["headers"], body)


def http_event(
    method: str, path: str, query: str, headers: Mapping[str, str] | None, body: bytes
) -> dict[str, Any]:
    """An HTTP API event, payload format 2.0; bodies that are not JSON come as base64."""
    headers = {"user-agent": "Shop/7.1 (iPhone)", **(headers or {})}
    as_text = headers.get("content-type", "").startswith("application/json")
    return {
        "version": "2.0",
        "routeKey": f"{method} {path}",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "http": {"method": method, "path": path, "sourceIp": "203.0.113.9"},
            "requestId": "request-1",
            "stage": "$default",
        },
        "body": body.decode() if as_text else base64.b64encode(body).decode(),
        "isBase64Encoded": not as_text,
    }
