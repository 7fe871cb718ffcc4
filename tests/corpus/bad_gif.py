"""GIFs that break their rules, each in one way."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from corpus.bad_image import BY_UPSTREAM, CORRUPT, OUT_OF_BOUNDS, BadImage

_COLOURS = b"\x00\x00\x00\xff\xff\xff"
_TRAILER = b"\x3b"
_PIXELS = b"\x02\x02\x44\x01\x00"
"""One pixel: the smallest code, then a sub-block."""


def bad_gifs() -> Iterator[BadImage]:
    for width, height in ((1, 65_535), (65_535, 1), (50_000, 50_000), (0, 0)):
        content = _gif(_frame(0, 0), size=(width, height))
        yield BadImage(f"GIF of {width} x {height}", content, OUT_OF_BOUNDS, "image/gif")
    beyond = _gif(_frame(65_535, 65_535))
    yield BadImage("GIF, a frame beyond the screen", beyond, OUT_OF_BOUNDS)
    yield BadImage("GIF of 10,000 frames", _gif(_frame(1, 1) * 10_000), OUT_OF_BOUNDS)
    yield from _broken()
    header = struct.pack("<BHHHHB", 0x2C, 0, 0, 1, 1, 0)
    yield BadImage("GIF, codes of 99 bits", _gif(header + b"\x63\x02\xff\xff\x00"), BY_UPSTREAM)
    yield BadImage(
        "GIF, codes of garbage", _gif(header + b"\x02\x04\xff\xff\xff\xff\x00"), BY_UPSTREAM
    )


def _broken() -> Iterator[BadImage]:
    for name, content in {
        "without an image": _gif(b""),
        "cut in its only frame": _gif(_frame(1, 1))[:-4],
        "with a block of no kind": _gif(b"\x99" + _frame(1, 1)),
        "whose last block never ends": _gif(_frame(1, 1))[:-2] + b"\xff" * 200,
        "of 6,000,000 empty blocks": _gif(b"\x21\xfe\x00" * 6_000_000 + _frame(1, 1)),
        "with 9,000,000 pieces of a comment": _gif(b"\x21\xfe" + b"\x01x" * 9_000_000),
    }.items():
        yield BadImage(f"GIF {name}", content, CORRUPT, "image/gif")


def _gif(blocks: bytes, size: tuple[int, int] = (1, 1)) -> bytes:
    screen = struct.pack("<HHBBB", *size, 0x80, 0, 0)
    return b"GIF89a" + screen + _COLOURS + blocks + _TRAILER


def _frame(width: int, height: int) -> bytes:
    return struct.pack("<BHHHHB", 0x2C, 0, 0, width, height, 0) + _PIXELS
