"""WebPs that break their rules, each in one way."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from corpus.bad_image import BY_UPSTREAM, CORRUPT, OUT_OF_BOUNDS, BadImage
from corpus.whole import whole_pictures


def bad_webps() -> Iterator[BadImage]:
    yield from _out_of_bounds()
    lossy = whole_pictures()["picture.webp"][12:]
    canvas = _canvas(1, 1)
    for name, content in {
        "without chunks": _webp(),
        "without an image": _webp(canvas, _chunk(b"ICCP", b"profile")),
        "that begins with another chunk": _webp(_chunk(b"junk", b""), lossy),
        "with two canvases": _webp(canvas, canvas, lossy),
        "with an empty second canvas": _webp(canvas, _chunk(b"VP8X", b""), lossy),
        "with a short canvas": _webp(_chunk(b"VP8X", b"\x00\x00"), lossy),
        "with a short frame header": _webp(_chunk(b"VP8 ", b"\x00")),
        "with the wrong start code": _webp(_chunk(b"VP8 ", bytes(20))),
        "with the wrong signature": _webp(_chunk(b"VP8L", bytes(20))),
        "whose chunk says 4 GB": _webp(b"VP8 \xff\xff\xff\xff" + bytes(40)),
        "whose chunk is a byte too long": _webp(b"VP8 \x29\x00\x00\x00" + bytes(40)),
        "that is an animation of nothing": _webp(canvas, _chunk(b"ANMF", b"")),
        "whose canvas is smaller than its picture": _webp(canvas, lossy),
        "that says 4 GB": b"RIFF\xff\xff\xff\xffWEBP" + lossy,
        "of 2,000,000 chunks": _webp(lossy, _chunk(b"junk", b"") * 2_000_000),
    }.items():
        yield BadImage(f"WebP {name}", content, CORRUPT, "image/webp")
    garbage = lossy[:18] + b"\xff" * (len(lossy) - 18)
    yield BadImage("WebP, pixels of garbage", _webp(garbage), BY_UPSTREAM)


def _out_of_bounds() -> Iterator[BadImage]:
    for width, height in ((1, 65_535), (50_000, 50_000), (2**24, 2**24)):
        content = _webp(_canvas(width, height), _frame())
        yield BadImage(f"WebP of {width} x {height}", content, OUT_OF_BOUNDS, "image/webp")
    side = 2**14 - 1
    lossless = b"\x2f" + (side | side << 14).to_bytes(4, "little") + bytes(8)
    yield BadImage(
        "lossless WebP of 16,384 a side", _webp(_chunk(b"VP8L", lossless)), OUT_OF_BOUNDS
    )
    lossy = bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 0, 0) + bytes(8)
    yield BadImage("WebP of 0 x 0", _webp(_chunk(b"VP8 ", lossy)), OUT_OF_BOUNDS)
    frames = _frame() * 10_000
    yield BadImage("WebP of 10,000 frames", _webp(_canvas(1, 1), frames), OUT_OF_BOUNDS)


def _frame() -> bytes:
    """Of one pixel."""
    return _chunk(b"ANMF", bytes(16) + _chunk(b"VP8L", b"\x2f" + bytes(8)))


def _webp(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _chunk(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "little") + data + b"\x00" * (len(data) % 2)


def _canvas(width: int, height: int) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _chunk(b"VP8X", bytes(4) + sides)
