"""Outcomes and errors as HTTP responses."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pybase64
from aws_lambda_powertools.event_handler import Response

from api.conditional import entity_tag, none_match
from api.content_coding import accepts_gzip
from image_search.errors import ImageSearchError, ResponseTooLarge
from image_search.rate_limit import RateLimit
from image_search.search.image_search import Outcome
from image_search.uploads.bucket import UploadForm

# What fits into Lambda's 6 MB response once it is base64, with room for headers.
MAX_BODY_BYTES = 4_400_000
# A GET that is longer could not be asked: request line and headers may have 10,240 bytes in all,
# and so may a response's headers.
MAX_LOCATION_BYTES = 8_000

_JSON = "application/json"
_NOT_STORED = {"Cache-Control": "no-store"}


@dataclass(frozen=True)
class ClientHeaders:
    """The request headers that shape a response; empty where the client sent none."""

    accept_encoding: str = ""
    if_none_match: str = ""


def answered(
    outcome: Outcome, client: ClientHeaders, now: int, content_location: str | None = None
) -> Response[str]:
    """200 with upstream's body, compressed as stored where the client takes gzip.

    ``content_location``: the GET that names the same answer; left out where it is too long.
    """
    gzip, body = _encoded(outcome, client)
    headers = _headers(outcome, now, gzip=gzip)
    if content_location is not None and len(content_location) <= MAX_LOCATION_BYTES:
        headers["Content-Location"] = content_location
    return _bytes(body, headers)


def answered_by_name(
    outcome: Outcome, client: ClientHeaders, now: int, *, head: bool
) -> Response[str]:
    """A GET's 200, its headers alone for a HEAD, or 304 when the client has the answer."""
    gzip, body = _encoded(outcome, client)
    headers = _headers(outcome, now, gzip=gzip)
    if client.if_none_match and not none_match(client.if_none_match, headers["ETag"]):
        headers.pop("Content-Encoding", None)
        return Response(304, body="", headers=dict(headers))
    if head:
        return Response(200, _JSON, "", dict(headers))
    return _bytes(body, headers)


def failed(error: ImageSearchError, trace_id: str) -> Response[str]:
    """An error in upstream's shape; errors are never cached."""
    headers = {**_NOT_STORED, **_rate_limit_fields(error.rate_limit), **error.headers}
    return Response(error.status, _JSON, json.dumps(error.to_json(trace_id)), headers)


def already_uploaded() -> Response[str]:
    """No form is needed: the image is there."""
    return as_json({"already_uploaded": True})


def upload_offered(form: UploadForm, rate_limit: RateLimit | None) -> Response[str]:
    """The form, and what its caller may still ask for."""
    response = as_json({"already_uploaded": False, "upload": form.to_json()})
    response.headers.update(_rate_limit_fields(rate_limit))
    return response


def as_json(value: dict[str, Any]) -> Response[str]:
    """200 with a JSON body that no cache keeps."""
    return Response(200, _JSON, json.dumps(value), dict(_NOT_STORED))


def document(content: bytes) -> Response[str]:
    """200 with a JSON document that changes with a deployment only."""
    return _bytes(content, {"Cache-Control": "public, max-age=300"})


def _headers(outcome: Outcome, now: int, *, gzip: bool) -> dict[str, str]:
    answer, status = outcome.answer, outcome.cache_status
    fresh_for = answer.freshness(now)
    headers = {
        "Cache-Status": status.to_header(answer.fresh_until - now),
        "Cache-Control": f"private, max-age={fresh_for}",
        "ETag": entity_tag(answer.entity_tag, gzip=gzip),
        "Vary": "Accept-Encoding",
        **_rate_limit_fields(outcome.rate_limit),
    }
    if status.is_hit or status.collapsed:
        headers["Age"] = str(answer.age(now))
    if gzip:
        headers["Content-Encoding"] = "gzip"
    return headers


def _rate_limit_fields(rate_limit: RateLimit | None) -> dict[str, str]:
    """Nothing for what was free."""
    if rate_limit is None:
        return {}
    return {"RateLimit-Policy": rate_limit.policy_field(), "RateLimit": rate_limit.field()}


def _encoded(outcome: Outcome, client: ClientHeaders) -> tuple[bool, bytes]:
    """Whether the body is gzip, and the body. A client that asked for none gets gzip rather
    than nothing when the plain body does not fit."""
    answer = outcome.answer
    if not accepts_gzip(client.accept_encoding):
        plain = answer.json
        if len(plain) <= MAX_BODY_BYTES:
            return False, plain
    if len(answer.body) > MAX_BODY_BYTES:
        raise ResponseTooLarge
    return True, answer.body


def _bytes(body: bytes, headers: dict[str, str]) -> Response[str]:
    response = Response(200, _JSON, pybase64.b64encode_as_string(body), dict(headers))
    response.base64_encoded = True
    return response
