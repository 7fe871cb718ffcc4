"""Removes secrets and shoppers' identifiers from what the vendor answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

REDACTED = "[redacted]"
_PRIVATE_PARAMETERS = frozenset({"key", "i", "s", "ui", "x-cnstrc-token", "token"})


def scrub_text(text: str, secrets: Iterable[str]) -> str:
    """Replaces every secret, also where it stands percent-encoded."""
    for secret in secrets:
        for spelling in {secret, quote(secret, safe="")}:
            text = text.replace(spelling, REDACTED)
    return text


def scrub_json(value: Any, secrets: Iterable[str]) -> Any:
    """The same JSON value with every secret replaced, in names and in texts."""
    if isinstance(value, str):
        return scrub_text(value, secrets)
    if isinstance(value, list):
        return [scrub_json(inner, secrets) for inner in value]
    if isinstance(value, dict):
        return {
            scrub_text(name, secrets): scrub_json(inner, secrets) for name, inner in value.items()
        }
    return value


def scrub_answer(answer: dict[str, Any], secrets: Iterable[str]) -> dict[str, Any]:
    """A search answer without secrets, and without who asked.

    The ``request`` echo is for debugging and ``browse_url`` for the vendor's own client; both may
    repeat the parameters of the call.
    """
    clean: dict[str, Any] = scrub_json(_without_parameters(answer), secrets)
    return clean


def _without_parameters(answer: dict[str, Any]) -> dict[str, Any]:
    request, response = answer.get("request"), answer.get("response")
    if isinstance(request, dict):
        public = {name: v for name, v in request.items() if name not in _PRIVATE_PARAMETERS}
        answer = {**answer, "request": public}
    if isinstance(response, dict) and isinstance(response.get("browse_url"), str):
        browse_url = _without_query_parameters(response["browse_url"])
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
