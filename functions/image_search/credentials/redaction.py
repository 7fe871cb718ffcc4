"""Removes secrets and end users' identifiers from what upstream answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from image_search.credentials.spellings import REDACTED, Spellings, spellings_of

_PRIVATE_PARAMETERS = frozenset({"key", "i", "s", "ui", "x-cnstrc-token", "token"})


def scrub_text(text: str, secrets: Iterable[str]) -> str:
    """Replaces every secret, however it is spelled."""
    return spellings_of(tuple(secrets)).redact(text)


def scrub_json(value: Any, secrets: Iterable[str]) -> Any:
    """The value as JSON has it, with every secret replaced: in names, in texts and as a number.

    What JSON has no form for becomes text first, which may quote a secret.
    """
    return redact_json(value, spellings_of(tuple(secrets)))


def redact_json(value: Any, spellings: Spellings) -> Any:
    """As ``scrub_json``."""
    texts: dict[str, None] = {}  # in order, each once
    _collect(value, texts, numbers=spellings.may_be_numbers)
    return _replaced(value, spellings.redact_each(texts))


def _collect(value: Any, texts: dict[str, None], *, numbers: bool) -> None:
    if isinstance(value, str):
        texts[value] = None
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _collect(inner, texts, numbers=numbers)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if not _is_plain(name):
                texts[str(name)] = None
            _collect(inner, texts, numbers=numbers)
    elif numbers or not _is_plain(value):
        texts[str(value)] = None


def _replaced(value: Any, redacted: dict[str, str]) -> Any:
    """With what stands in ``redacted`` in place of texts, by the text."""
    if isinstance(value, str):
        return redacted.get(value, value)
    if isinstance(value, (list, tuple)):
        return [_replaced(inner, redacted) for inner in value]
    if isinstance(value, dict):
        return {
            _replaced_name(name, redacted): _replaced(inner, redacted)
            for name, inner in value.items()
        }
    if _is_plain(value):
        return REDACTED if redacted and str(value) in redacted else value
    text = str(value)
    return redacted.get(text, text)


def _replaced_name(name: Any, redacted: dict[str, str]) -> Any:
    """``json`` writes a name that is a number, None or a boolean in ways of its own."""
    return name if _is_plain(name) else redacted.get(str(name), str(name))


def _is_plain(value: Any) -> bool:
    """Whether it is what JSON has beside texts, lists and objects."""
    return value is None or isinstance(value, (bool, int, float))


def scrub_answer(answer: dict[str, Any], secrets: Iterable[str], source: bytes) -> dict[str, Any]:
    """A search answer without secrets, and without who asked.

    ``source``: the UTF-8 it was read from. The result is ``answer`` itself if there is nothing to
    hide in that either.

    The ``request`` echo is for debugging and ``browse_url`` for upstream's own client; both may
    repeat the parameters of the call.
    """
    spellings = spellings_of(tuple(secrets))
    public = _without_parameters(answer)
    # One look at the whole says that there is nothing to do, as is the rule. At the text, as an
    # object keeps one value only of a member that is named twice.
    return redact_json(public, spellings) if spellings.found_in(source) else public


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
