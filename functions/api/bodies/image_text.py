"""An image as text: base64 in any of its spellings, or a ``data:`` URI."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

import pybase64

from image_search.errors import InvalidBase64
from image_search.images.media_type import sniff

# White space in ASCII, which base64 may hold anywhere.
_BLANKS = b"\t\n\x0c\r "
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_OUTSIDE = re.compile(rb"[^A-Za-z0-9+/=]")
# What URLs may begin and end with, and hold anywhere (WHATWG URL §4.4).
_AROUND_URL = bytes(range(33))
_WITHIN_URL = b"\t\n\r"
_SCHEME = re.compile(r"[\x00- ]*" + r"[\t\n\r]*".join("data:"), re.IGNORECASE)
_MARK = ";base64"
# Percent-encoded bytes are decoded by pieces: at once, each would be an object of 40 bytes.
_PIECE = 1 << 16


def decode_image_text(text: str) -> bytes:
    """Base64, or a ``data:`` URI. Raises ``InvalidBase64``, which says what is wrong."""
    if _SCHEME.match(text) is None:
        return decode_base64(text)
    header, _, encoded = text.partition(",")
    if header[-len(_MARK) :].lower() == _MARK and "#" not in header:
        try:
            return pybase64.b64decode(encoded, validate=True)
        except ValueError:
            pass
    return _decode_data_uri(text)


def _decode_data_uri(text: str) -> bytes:
    """As browsers do it (WHATWG Fetch §6, "data: URL processor"), and with either alphabet."""
    url = text.encode("utf-8", "replace").strip(_AROUND_URL).translate(None, _WITHIN_URL)
    header, comma, data = url.partition(b"#")[0].partition(b",")
    if not comma:
        raise InvalidBase64("The data: URI has no comma before its data.", source="image")
    content = _percent_decoded(data)
    _, semicolon, last = header.rpartition(b";")
    if semicolon and last.strip(_BLANKS).lower() == b"base64":
        return decode_base64(content)
    if content and sniff(content) is None:
        raise InvalidBase64(
            "The data: URI holds no image: it should have ;base64 before its comma, or the "
            "image's bytes, percent-encoded, after it.",
            source="image",
        )
    return content


def _percent_decoded(data: bytes) -> bytes:
    if b"%" not in data:
        return data
    out, at = bytearray(), 0
    while at < len(data):
        end = at + _PIECE
        # Not between a % and its digits.
        cut = data.rfind(b"%", end - 2, end)
        end = cut if cut >= 0 else end
        out += unquote_to_bytes(data[at:end])
        at = end
    return bytes(out)


def decode_base64(text: str | bytes) -> bytes:
    """Base64 as browsers read it (WHATWG Infra, "forgiving-base64 decode"): with or without white
    space and padding. In either alphabet (RFC 4648 §4 and §5), but not in both at once.

    Raises ``InvalidBase64``, which says what is wrong.
    """
    try:
        return pybase64.b64decode(text, validate=True)
    except ValueError:
        pass
    # As bytes: to translate a text takes ten times as long.
    content = text.encode("utf-8", "replace") if isinstance(text, str) else text
    content = content.translate(None, _BLANKS)
    if b"-" in content or b"_" in content:
        if b"+" in content or b"/" in content:
            message = "The base64 is of two alphabets: it has - or _ as well as + or /."
            raise InvalidBase64(message, source="image")
        content = content.translate(_TO_STANDARD)
    try:
        return pybase64.b64decode(content + _missing_padding(content), validate=True)
    except ValueError:
        raise InvalidBase64(_what_is_wrong(content), source="image") from None


def _missing_padding(content: bytes) -> bytes:
    return b"" if content.endswith(b"=") else b"=" * (-len(content) % 4)


def _what_is_wrong(content: bytes) -> str:
    outside = _OUTSIDE.search(content)
    if outside is not None:
        at = outside.start()
        sign = content[at : at + 4].decode("utf-8", "replace")[0]
        return f"The base64 has a character that is none of its alphabet: {sign!a}."
    if len(content.rstrip(b"=")) % 4 == 1:
        return "The base64 is cut off: its last character is too much or too little."
    return "The base64 has padding (=) where it does not end, or too much or too little of it."
