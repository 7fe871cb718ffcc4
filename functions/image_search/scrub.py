"""Removes secrets and shoppers' identifiers from what the vendor answers."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

REDACTED = "[redacted]"
_PRIVATE_PARAMETERS = frozenset({"key", "i", "s", "ui", "x-cnstrc-token", "token"})


def scrub_text(text: str, secrets: Iterable[str]) -> str:
    """Replaces every secret, also where it stands percent-encoded."""
    return _redact(text, _spellings(secrets))


def scrub_json(value: Any, secrets: Iterable[str], source: bytes | None = None) -> Any:
    """The JSON value with every secret replaced, in names and in texts; itself if there is none.

    ``source``: the UTF-8 it was read from, which can tell that quicker.
    """
    spellings = _spellings(secrets)
    if source is not None and _is_clean(source, spellings):
        return value
    # One look at the whole tells that there is nothing to do, as is the rule.
    text = _dumps(value)
    if any(_dumps(spelling)[1:-1] in text for spelling in spellings):
        return _redact_all(value, spellings)
    return value


def _is_clean(source: bytes, spellings: Iterable[str]) -> bool:
    """Whether JSON surely holds none of them: an escape can stand for any character."""
    return b"\\" not in source and not any(each.encode() in source for each in spellings)


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


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def scrub_answer(
    answer: dict[str, Any], secrets: Iterable[str], source: bytes | None = None
) -> dict[str, Any]:
    """A search answer without secrets, and without who asked; itself if there are none.

    ``source``: as for ``scrub_json``.

    The ``request`` echo is for debugging and ``browse_url`` for the vendor's own client; both may
    repeat the parameters of the call.
    """
    clean: dict[str, Any] = scrub_json(_without_parameters(answer), secrets, source)
    return clean


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
    try:
        parts = urlsplit(url)
    except ValueError:
        return REDACTED
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    public = [(name, value) for name, value in pairs if name not in _PRIVATE_PARAMETERS]
    if len(public) == len(pairs):
        return url
    return parts._replace(query=urlencode(public, quote_via=quote)).geturl()
