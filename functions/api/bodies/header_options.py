"""The options of a header: ``form-data; name="f"; filename*=UTF-8''%e2%82%ac.jpg``."""

from __future__ import annotations

import re
from urllib.parse import unquote

# A name, which may end in what RFC 2231 adds: `*` for an encoded value, `*0` for a piece of one.
_NAME = re.compile(r"\s*([^\s=;\"*]+)((?:\*\d{1,3})?\*?)\s*=\s*")
_QUOTED = re.compile(r'"((?:\\.|[^"\\])*)"', re.DOTALL)


def value_of(header: str) -> str:
    """The value in lower case, such as a media type, without its options."""
    return header.partition(";")[0].strip().lower()


def parse(header: str) -> tuple[str, dict[str, str]]:
    """The value in lower case, and its options by name in lower case.

    An encoded option (RFC 5987) comes before a plain one, as RFC 6266 §4.3 has it; pieces
    (RFC 2231 §3) are put together; else the first of a name counts. Reads from left to right, so
    that no header takes longer than in proportion to its length.
    """
    rest = header.partition(";")[2]
    plain: dict[str, str] = {}
    encoded: dict[str, str] = {}
    at = 0
    while at < len(rest):
        named = _NAME.match(rest, at)
        if named is None:
            at = _after_semicolon(rest, at)
            continue
        text, at = _value(rest, named.end())
        name, suffix = named[1].lower(), named[2]
        if not suffix:
            plain.setdefault(name, text)
        else:
            encoded[name] = encoded.get(name, "") + _decoded(text, suffix)
    return value_of(header), plain | encoded


def _value(rest: str, at: int) -> tuple[str, int]:
    """The value that begins there, and where the next option does."""
    quoted = _QUOTED.match(rest, at)
    if quoted is not None:
        return _unquoted(quoted[1]), _after_semicolon(rest, quoted.end())
    # A quotation mark that nothing closes: to the end, as nobody knows what else.
    end = len(rest) if rest[at : at + 1] == '"' else _after_semicolon(rest, at)
    return rest[at:end].removesuffix(";").strip(), end


def _after_semicolon(rest: str, at: int) -> int:
    found = rest.find(";", at)
    return len(rest) if found < 0 else found + 1


def _unquoted(text: str) -> str:
    r"""Browsers write ``%22``, ``%0D`` and ``%0A`` (HTML §4.10.21.8), others ``\"``; a backslash
    by itself is one of a path."""
    if '\\"' in text:
        return text.replace("\\\\", "\\").replace('\\"', '"')
    return text.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _decoded(text: str, suffix: str) -> str:
    if not suffix.endswith("*"):
        return text
    charset, quote, _ = text.partition("'")
    value = text.split("'", 2)[-1] if quote else text
    latin = charset.lower() == "iso-8859-1"
    return unquote(value, "latin-1" if latin else "utf-8", "replace")
