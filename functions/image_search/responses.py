"""Outcomes and errors as HTTP responses."""

from __future__ import annotations

import json

import pybase64
from aws_lambda_powertools.event_handler import Response

from image_search.errors import ImageSearchError
from image_search.search import Outcome

CACHE_NAME = "image-search-proxy"
_JSON = "application/json"


def answered(outcome: Outcome, *, accept_encoding: str, now: int) -> Response[str]:
    """200 with the vendor's body, compressed as stored where the client takes gzip."""
    answer = outcome.answer
    headers = {
        "Cache-Status": cache_status(outcome, now),
        "Cache-Control": f"private, max-age={answer.freshness(now)}",
        "Vary": "Accept-Encoding",
    }
    if outcome.forwarded is None:
        headers["Age"] = str(answer.age(now))
    if not accepts_gzip(accept_encoding):
        return Response(200, _JSON, answer.json().decode(), headers)
    headers["Content-Encoding"] = "gzip"
    response = Response(200, _JSON, pybase64.b64encode_as_string(answer.body), headers)
    response.base64_encoded = True
    return response


def failed(error: ImageSearchError, trace_id: str) -> Response[str]:
    """An error in the vendor's shape; errors are never cached."""
    headers = {"Cache-Control": "no-store", **error.headers}
    return Response(error.status, _JSON, json.dumps(error.to_json(trace_id)), headers)


def healthy() -> Response[str]:
    return Response(200, _JSON, '{"status":"ok"}', {"Cache-Control": "no-store"})


def cache_status(outcome: Outcome, now: int) -> str:
    """How the cache handled the request (RFC 9211 §2)."""
    members = [CACHE_NAME, f"fwd={outcome.forwarded}" if outcome.forwarded else "hit"]
    if outcome.stored:
        members.append("stored")
    if outcome.stored or not outcome.forwarded:
        members.append(f"ttl={outcome.answer.freshness(now)}")
    if outcome.detail:
        members.append(f"detail={outcome.detail}")
    return "; ".join(members)


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether the client takes gzip (RFC 9110 §12.5.3); no header means the plain body."""
    weights = {}
    for entry in accept_encoding.lower().split(","):
        coding, _, parameters = entry.partition(";")
        weights[coding.strip()] = _weight(parameters)
    return weights.get("gzip", weights.get("*", 0.0)) > 0


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
