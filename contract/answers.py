"""The responses of every route: headers, bodies and an example for each error code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.unrouted import SEARCH_PATH
from contract import search_answer
from contract.error_answers import RATE_LIMIT
from contract.json_schema import Schema, reference
from contract.reason_phrases import REASON_PHRASES
from image_search.cache.status import CACHE_NAME
from image_search.errors import ImageSearchError, RateLimited

Answer = dict[str, Any]

TRACE_ID = "JKJaXmPLvHcESHA="

_LOCATION = rf"^{SEARCH_PATH}/[0-9a-f]{{64}}(\?.+)?$"
_POLICY = r'"[a-z]+";q=\d+;w=\d+'

HEADERS: dict[str, dict[str, Any]] = {
    "CacheStatus": {
        "description": "How the proxy's cache handled the request (RFC 9211).",
        "required": True,
        "schema": {"type": "string", "pattern": f"^{CACHE_NAME}; (hit|fwd=[a-z]+)"},
        "example": f"{CACHE_NAME}; hit; ttl=3540",
    },
    "Age": {
        "description": "For how many seconds it has been since the answer came from upstream.",
        "required": True,
        "schema": {"type": "integer", "minimum": 0},
        "example": 60,
    },
    "ETag": {
        "description": "Names this very answer in this very coding; for `If-None-Match`.",
        "required": True,
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}(-gzip)?"$'},
        "example": f'"{"0" * 32}"',
    },
    "CacheControl": {
        "description": "For how many seconds in all the app may use the answer again, `Age` "
        "included (RFC 9111).",
        "required": True,
        "schema": {"type": "string", "pattern": r"^private, max-age=\d+$"},
        "example": "private, max-age=3600",
    },
    "NotStored": {
        "description": "No cache keeps this.",
        "required": True,
        "schema": {"const": "no-store", "type": "string"},
    },
    "Document": {
        "description": "Any cache may keep this for a while.",
        "required": True,
        "schema": {"type": "string", "pattern": r"^public, max-age=\d+$"},
    },
    "Vary": {
        "description": "What else the answer depends on: the accepted coding, the caller's "
        "credentials where there are any, and CORS's origin.",
        "required": True,
        "schema": {"type": "string"},
        "example": "Accept-Encoding",
    },
    "ContentEncoding": {
        "description": "Present when the client accepts gzip.",
        "schema": {"const": "gzip", "type": "string"},
    },
    "ContentLocation": {
        "description": "The GET that names the same answer.",
        "required": True,
        "schema": {"type": "string", "pattern": _LOCATION},
        "example": f"{SEARCH_PATH}/{'0' * 64}?use_segmentation=true",
    },
    "ContentLocationOfName": {
        "description": "The same GET with the hash in lower case, where it was not.",
        "schema": {"type": "string", "pattern": _LOCATION},
    },
    "TakenCodings": {
        "description": "The content codings that a body may have, with "
        "`unsupported_content_coding`: none.",
        "schema": {"const": "identity", "type": "string"},
    },
    "RetryAfter": {
        "description": "Try again after so many seconds.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
        "example": 5,
    },
    "RateLimitPolicy": {
        "description": "How many new searches and upload forms (q) a caller gets in so many "
        "seconds (w); where the request was counted.",
        "schema": {"type": "string", "pattern": rf"^{_POLICY}(, {_POLICY})*$"},
        "example": RATE_LIMIT.policy_field(),
    },
    "RateLimit": {
        "description": "What is left (r) of the tighter of these quotas, and for how many seconds "
        "(t); where the request was counted.",
        "schema": {"type": "string", "pattern": r'^"[a-z]+";r=\d+;t=\d+$'},
        "example": RATE_LIMIT.field(),
    },
}

_CACHED = {
    "Cache-Status": "CacheStatus",
    "Age": "Age",
    "ETag": "ETag",
    "Cache-Control": "CacheControl",
    "Vary": "Vary",
}
_NOT_STORED = {"Cache-Control": "NotStored"}
_BUDGET = {"RateLimit-Policy": "RateLimitPolicy", "RateLimit": "RateLimit"}


def found(*, by_image: bool) -> Answer:
    """A search's 200."""
    names = {**_CACHED, **_BUDGET, "Content-Encoding": "ContentEncoding"}
    names["Content-Location"] = "ContentLocation" if by_image else "ContentLocationOfName"
    return {
        "description": "What was found.",
        "headers": _headers(names),
        "content": _json(reference("SearchAnswer"), {"found": search_answer.EXAMPLE}),
    }


def unchanged() -> Answer:
    return {
        "description": "The client has this answer already.",
        "headers": _headers({**_CACHED, **_BUDGET, "Content-Location": "ContentLocationOfName"}),
    }


def as_json(
    description: str, schema: Schema, examples: dict[str, Any], *, charged: bool = False
) -> Answer:
    """A 200 that no cache keeps; ``charged`` to the caller's quota, or free."""
    return {
        "description": description,
        "headers": _headers({**_NOT_STORED, **(_BUDGET if charged else {})}),
        "content": _json(schema, examples),
    }


def document() -> Answer:
    """This document."""
    schema: Schema = {
        "type": "object",
        "required": ["openapi", "info", "paths"],
        "properties": {"openapi": {"type": "string"}},
    }
    return {
        "description": "The contract, as OpenAPI 3.1.",
        "headers": _headers({"Cache-Control": "Document"}),
        "content": _json(schema, {}),
    }


def failed(errors: Iterable[ImageSearchError]) -> dict[str, Answer]:
    """One answer per status, with an example for each code; the first error of a code counts."""
    by_status: dict[int, dict[str, ImageSearchError]] = {}
    charged = False
    for error in errors:
        charged = charged or isinstance(error, RateLimited)
        code = error.problems[0].code
        by_status.setdefault(error.status, {}).setdefault(code, error)
    return {
        str(status): _failed(status, by_status[status], charged=charged)
        for status in sorted(by_status)
    }


def without_content(answers: dict[str, Answer]) -> dict[str, Answer]:
    """The same answers to a HEAD request."""
    return {
        status: {name: part for name, part in answer.items() if name != "content"}
        for status, answer in answers.items()
    }


def _failed(status: int, errors: dict[str, ImageSearchError], *, charged: bool) -> Answer:
    names = {**_NOT_STORED, **(_BUDGET if charged else {})}
    if any("Retry-After" in error.headers for error in errors.values()):
        names["Retry-After"] = "RetryAfter"
    if any("Accept-Encoding" in error.headers for error in errors.values()):
        names["Accept-Encoding"] = "TakenCodings"
    examples = {code: error.to_json(TRACE_ID) for code, error in errors.items()}
    offers_upload = any("upload" in example for example in examples.values())
    return {
        "description": f"{REASON_PHRASES[status]}: {', '.join(f'`{code}`' for code in errors)}.",
        "headers": _headers(names),
        "content": _json(reference("UploadOffer" if offers_upload else "ErrorBody"), examples),
    }


def _headers(names: dict[str, str]) -> dict[str, Any]:
    return {
        name: {"$ref": f"#/components/headers/{component}"} for name, component in names.items()
    }


def _json(schema: Schema, examples: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema}
    if examples:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return {"application/json": content}
