"""The ways in which a text is spelled elsewhere, by the libraries that do so, and read again."""

from __future__ import annotations

import base64
import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote, unquote_to_bytes


def every_character(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def unicode_escapes(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


def in_base64(
    text: str,
    before: str = "",
    after: str = "",
    encode: Callable[[bytes], bytes] = base64.b64encode,
) -> str:
    return encode(f"{before}{text}{after}".encode()).decode()


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "percent": lambda text: quote(text, safe=""),
    "percent in lower case": lambda text: re.sub(
        "%..", lambda m: m[0].lower(), quote(text, safe="")
    ),
    "percent of every character": every_character,
    "percent of every character in lower case": lambda text: every_character(text).lower(),
    "percent of every other character": lambda text: "".join(
        f"%{ord(char):02x}" if at % 2 else quote(char, safe="") for at, char in enumerate(text)
    ),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON with escaped slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON of escapes": unicode_escapes,
    "JSON of escapes in upper case": lambda text: unicode_escapes(text).upper().replace("U", "u"),
    "repr": lambda text: repr(text)[1:-1],
    "hexadecimal escapes": lambda text: "".join(f"\\x{ord(char):02x}" for char in text),
    "base64": in_base64,
    "base64 one further": lambda text: in_base64(text, "<", ">"),
    "base64 two further": lambda text: in_base64(text, "id:", ":0"),
    "base64 three further": lambda text: in_base64(text, "abc", "de"),
    "base64 for URLs": lambda text: in_base64(text, "?", "?", base64.urlsafe_b64encode),
    "base64 without padding": lambda text: in_base64(text).rstrip("="),
    "base64 in lines": lambda text: in_base64(text, "x" * 50, "y" * 50, base64.encodebytes),
    "base64 after letters": lambda text: "Basic" + in_base64(text),
}


def spell(text: str, names: Iterable[str]) -> str:
    """One spelling within the other, the first one innermost."""
    for name in names:
        text = SPELLINGS[name](text)
    return text


# Shorter runs of letters hold no canary.
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}")
_LEGIBLE = re.compile(r"[\t\n\r -~]{12,}")
_LAYERS = 4


def readings(text: str, layers: int = _LAYERS) -> Iterator[str]:
    """The text and all that the standard library reads out of it, layer by layer."""
    yield text
    if not layers:
        return
    for read in (_of_percent, _of_escapes, _of_lines):
        inner = read(text)
        if inner != text:
            yield from readings(inner, layers - 1)
    for run in set(_BASE64.findall(text)):
        for start in range(4):
            part = run[start:].replace("-", "+").replace("_", "/")
            inner = base64.b64decode(part + "A" * (-len(part) % 4)).decode("latin-1")
            for legible in _LEGIBLE.findall(inner):
                yield from readings(legible, layers - 1)


def holds(text: str, canaries: Iterable[str]) -> list[str]:
    """The canaries that can be read out of the text."""
    sought = set(canaries)
    return sorted({canary for reading in readings(text) for canary in sought if canary in reading})


def _of_percent(text: str) -> str:
    return unquote_to_bytes(text.encode("utf-8", "surrogatepass")).decode(
        "utf-8", "surrogateescape"
    )


def _of_escapes(text: str) -> str:
    """Python's escapes, which are JSON's as well, but for the slash's."""
    plain = text.replace("\\/", "/").encode("latin-1", "backslashreplace")
    try:
        return codecs.decode(plain.decode("latin-1"), "unicode_escape")
    except UnicodeDecodeError:
        return text


def _of_lines(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")
