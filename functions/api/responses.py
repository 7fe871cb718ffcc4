"""Outcomes and errors as HTTP responses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pybase64
from aws_lambda_powertools.event_handler import Response

from api.conditional import entity_tag, none_match
from api.content_coding import accepts_gzip
from image_search.cache.answer import Answer
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
_VARY = "Accept-Encoding"
# So that no cache of a phone gives one user what it keeps for another.
_VARY_BY_CALLER = f"{_VARY}, Authorization, X-Api-Key"


@dataclass(frozen=True)
class ClientHeaders:
    """The request headers that shape a response; empty where the client sent none.

    ``authenticated``: whether callers prove who they are, be it by a token or by an API key.
    """

    accept_encoding: str = ""
    if_none_match: str = ""
    authenticated: bool = False

    @property
    def takes_gzip(self) -> bool:
        return accepts_gzip(self.accept_encoding)

    def have(self, answer: Answer) -> bool:
        """Whether ``If-None-Match`` names the answer in the coding that this client takes."""
        tag = entity_tag(answer.entity_tag, gzip=self.takes_gzip)
        return bool(self.if_none_match) and not none_match(self.if_none_match, tag)


def answered(
    outcome: Outcome, client: ClientHeaders, now: int, content_location: str | None = None
) -> Response[str]:
    """200 with upstream's body, compressed as stored where the client takes gzip.

    ``content_location``: the GET that names the same answer; left out where it is too long.
    """
    gzip, body = _encoded(outcome, client)
    headers = _headers(outcome, client, now, content_location, gzip=gzip)
    return _bytes(body, headers)


def answered_by_name(
    outcome: Outcome, client: ClientHeaders, now: int, content_location: str | None = None
) -> Response[str]:
    """A GET's 200, or 304 when the client has the answer.

    ``content_location``: as above, where the GET spelled the name in another way.

    A HEAD gets the same: the gateway sends the headers alone, with the length of what it leaves
    out. Without a body, it would say that a GET has none.
    """
    gzip, body = _encoded(outcome, client)
    headers = _headers(outcome, client, now, content_location, gzip=gzip)
    if client.if_none_match and not none_match(client.if_none_match, headers["ETag"]):
        headers.pop("Content-Encoding", None)
        return Response(304, body="", headers=dict(headers))
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


def allowed(methods: Sequence[str]) -> Response[str]:
    """The answer to OPTIONS: the methods that a path takes; where CORS is on, the gateway adds its
    headers."""
    headers = {**_NOT_STORED, "Allow": ", ".join(methods)} if methods else dict(_NOT_STORED)
    return Response(204, body="", headers=dict(headers))


def _headers(
    outcome: Outcome,
    client: ClientHeaders,
    now: int,
    content_location: str | None,
    *,
    gzip: bool,
) -> dict[str, str]:
    """``Age`` always: a 304 without it would leave a client with that of the answer it holds.

    ``max-age`` is the whole life, of which caches subtract ``Age`` (RFC 9111 §4.2); of a stale
    answer nothing, also for clients that do not look at ``Age``.
    """
    answer, status = outcome.answer, outcome.cache_status
    lifetime = answer.lifetime if answer.freshness(now) else 0
    headers = {
        "Cache-Status": status.to_header(answer.fresh_until - now),
        "Age": str(answer.age(now)),
        "Cache-Control": f"private, max-age={lifetime}",
        "ETag": entity_tag(answer.entity_tag, gzip=gzip),
        "Vary": _VARY_BY_CALLER if client.authenticated else _VARY,
        **_rate_limit_fields(outcome.rate_limit),
    }
    if gzip:
        headers["Content-Encoding"] = "gzip"
    if content_location is not None and len(content_location) <= MAX_LOCATION_BYTES:
        headers["Content-Location"] = content_location
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
    if not client.takes_gzip:
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
