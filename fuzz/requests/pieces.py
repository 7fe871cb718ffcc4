"""Bytes told by how they are made: small in a file, however long they come out.

A piece is JSON: a text, a list of pieces one after another, or an object with one of ``_MAKERS``.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Collection
from functools import cache
from typing import Any
from urllib.parse import quote_from_bytes

from fuzz import seeds
from spelled import SPELLINGS, spell

Piece = Any

MOST_BYTES = 6_000_000
# What a bomb decompresses to: an answer or a body with more is told apart by nothing.
MOST_REPEATED = 60_000_000
_CHUNK = 1 << 20

CANARIES = {
    "key": "key_CanaryCanary01",
    "token": 'tok-"ca\\na+ry/%41=~02',
    "api key": "api-canary-canary-03",
    "address": "203.0.113.177",
}
"""What upstream and AWS may quote. The end user's address is hidden in upstream's answers, too."""


def render(piece: Piece) -> bytes:
    """The bytes, at most ``MOST_BYTES`` of them."""
    return _render(piece)[:MOST_BYTES]


def text_of(piece: Piece) -> str:
    """The same as the gateway hands on text: what is no UTF-8 becomes half characters."""
    return render(piece).decode("utf-8", "surrogateescape")


def _render(piece: Piece) -> bytes:
    if isinstance(piece, str):
        return piece.encode("utf-8", "surrogatepass")
    if isinstance(piece, list):
        return b"".join(_render(each) for each in piece)
    makers = sorted(_MAKERS.keys() & piece.keys())
    made: bytes = _MAKERS[makers[0]](piece) if makers else b""
    return made


def quoting_only(value: Any, names: Collection[str]) -> Any:
    """The same, with a word for each quoted secret but those named."""
    if isinstance(value, list):
        return [quoting_only(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    if value.get("spelled", "") not in ("", *names):
        return "a secret"
    return {name: quoting_only(each, names) for name, each in value.items()}


def _repeated(piece: Piece) -> bytes:
    unit, times = _render(piece["repeat"]), int(piece["times"])
    return unit * min(times, MOST_BYTES // max(1, len(unit)))


def _image(piece: Piece) -> bytes:
    """A whole file with some of its bytes cut out and others put in, at their places."""
    return _edited(images()[piece["image"]], piece.get("edits", ()))


def _edited(content: bytes, edits: Any) -> bytes:
    for at, cut, put in edits:
        place = at % (len(content) + 1)
        content = content[:place] + bytes.fromhex(put) + content[place + cut :]
    return content


def _bomb(piece: Piece) -> bytes:
    """Gzip of as many zeros as there are to be, without ever having them all."""
    left, out = min(piece["bomb"], MOST_REPEATED), []
    compressor = zlib.compressobj(1, zlib.DEFLATED, 31)
    while left > 0:
        out.append(compressor.compress(b" " * min(_CHUNK, left)))
        left -= _CHUNK
    return b"".join((*out, compressor.flush()))


_MAKERS: dict[str, Callable[[Piece], bytes]] = {
    "hex": lambda piece: bytes.fromhex(piece["hex"]),
    "image": _image,
    "edited": lambda piece: _edited(_render(piece["edited"]), piece["edits"]),
    "repeat": _repeated,
    "spelled": lambda piece: spell(
        CANARIES[piece["spelled"]], [each for each in piece["as"] if each in SPELLINGS]
    ).encode(),
    "base64": lambda piece: base64.b64encode(_render(piece["base64"])[:MOST_BYTES]),
    "percent": lambda piece: quote_from_bytes(_render(piece["percent"])).encode(),
    "string": lambda piece: json.dumps(
        _render(piece["string"]).decode("utf-8", "replace")
    ).encode(),
    "gzip": lambda piece: gzip.compress(_render(piece["gzip"]), 1, mtime=0),
    "bomb": _bomb,
    "sha256": lambda piece: hashlib.sha256(_render(piece["sha256"])).hexdigest().encode(),
}


@cache
def images() -> dict[str, bytes]:
    """By name: one of each kind, small, so that a request is quick."""
    return seeds.contents()
