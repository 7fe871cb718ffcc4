"""Removes secrets and end users' identifiers from what upstream answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from image_search import bounded_json

REDACTED = "[redacted]"
_PRIVATE_PARAMETERS = frozenset({"key", "i", "s", "ui", "x-cnstrc-token", "token"})


def scrub_text(text: str, secrets: Iterable[str]) -> str:
    """Replaces every secret, also where it stands percent-encoded."""
    return _redact(text, _spellings(secrets))


def scrub_json(value: Any, secrets: Iterable[str]) -> Any:
    """The JSON value with every secret replaced, in names and in texts."""
    return _redact_all(value, _spellings(secrets))


def _spellings(secrets: Iterable[str]) -> list[str]:
    """The longest first: one secret may be part of another."""
    spellings = {spelling for secret in secrets for spelling in (secret, quote(secret, safe=""))}
    return sorted(spellings, key=len, reverse=True)


def _redact(text: str, spellings: Iterable[str]) -> str:
    for spelling in spellings:
        text = text.replace(spelling, REDACTED)
    return text


def _redact_all(value: Any, spellings: Iterable[str]) -> Any:
    if isinstance(value, str):
        return _redact(value, spellings)
    if isinstance(value, list):
        return [_redact_all(inner, spellings) for inner in value]
    if isinstance(value, dict):
        return {
            _redact(name, spellings): _redact_all(inner, spellings) for name, inner in value.items()
        }
    return value


def scrub_answer(answer: dict[str, Any], secrets: Iterable[str], source: bytes) -> dict[str, Any]:
    """A search answer without secrets, and without who asked.

    ``source``: the UTF-8 it was read from. The result is ``answer`` itself if there is nothing to
    hide in that either.

    The ``request`` echo is for debugging and ``browse_url`` for upstream's own client; both may
    repeat the parameters of the call.
    """
    spellings = _spellings(secrets)
    public = _without_parameters(answer)
    # One look at the whole tells that there is nothing to do, as is the rule.
    return _redact_all(public, spellings) if _holds_any(source, spellings) else public


def _holds_any(source: bytes, spellings: Iterable[str]) -> bool:
    if b"\\" not in source:
        return any(each.encode() in source for each in spellings)
    # An escape can stand for any character, so it is written anew. As pairs, for of a member that
    # is named twice an object keeps one value only.
    text = _dumps(bounded_json.read(source.decode("utf-8-sig"), list))
    return any(_dumps(each)[1:-1] in text for each in spellings)


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _without_parameters(answer: dict[str, Any]) -> dict[str, Any]:
    request, response = answer.get("request"), answer.get("response")
    if isinstance(request, dict):
        public = {name: v for name, v in request.items() if name not in _PRIVATE_PARAMETERS}
        if len(public) < len(request):
            answer = {**answer, "request": public}
    if isinstance(response, dict) and isinstance(response.get("browse_url"), str):
        browse_url = _without_query_parameters(response["browse_url"])
        if browse_url != response["browse_url"]:
            answer = {**answer, "response": {**response, "browse_url": browse_url}}
    return answer


def _without_query_parameters(url: str) -> str:
    # By hand, for what urlsplit refuses, strips and writes anew differs by version of Python.
    address, hash_mark, fragment = url.partition("#")
    path, _, text = address.partition("?")
    pairs = parse_qsl(text, keep_blank_values=True)
    public = [(name, value) for name, value in pairs if name not in _PRIVATE_PARAMETERS]
    if len(public) == len(pairs):
        return url
    search = f"?{urlencode(public, quote_via=quote)}" if public else ""
    return f"{path}{search}{hash_mark}{fragment}"
