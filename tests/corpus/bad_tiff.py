"""TIFFs whose directories lie, each in one way."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from corpus.bad_image import CORRUPT, OUT_OF_BOUNDS, BadImage

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _PHOTOMETRIC = 256, 257, 258, 259, 262
_OFFSETS, _SAMPLES, _ROWS, _COUNTS = 273, 277, 278, 279
_SHORT, _LONG = 3, 4
_MOST = 2**32 - 1

Entry = tuple[int, int, int]
"""Type, count, value or offset."""


def bad_tiffs() -> Iterator[BadImage]:
    for width, height in ((1, 65_535), (65_535, 1), (50_000, 50_000), (_MOST, _MOST)):
        content = _tiff({_WIDTH: (_LONG, 1, width), _HEIGHT: (_LONG, 1, height)})
        yield BadImage(f"TIFF of {width} x {height}", content, OUT_OF_BOUNDS, "image/tiff")
    for name, changed in _LIES.items():
        yield BadImage(f"TIFF, {name}", _tiff(changed), CORRUPT, "image/tiff")
    yield BadImage("TIFF without a directory", b"II*\x00" + bytes(4), CORRUPT)
    yield BadImage("TIFF, directory beyond the end", b"II*\x00\xff\xff\xff\xff", CORRUPT)
    yield BadImage("TIFF, directory of itself", _cycle(), CORRUPT)
    yield BadImage("TIFF, 65,535 entries", b"II*\x00\x08\x00\x00\x00\xff\xff" + bytes(99), CORRUPT)
    yield BadImage("TIFF, 65,535 widths", _widths(65_535), CORRUPT)
    yield BadImage("TIFF of 4,000,000 strips", _strips(4_000_000), CORRUPT)


_LIES: dict[str, dict[int, Entry]] = {
    "pixels beyond the end": {_OFFSETS: (_LONG, 1, 100_000_000)},
    "LZW of 4 GB": {_COUNTS: (_LONG, 1, _MOST), _COMPRESSION: (_SHORT, 1, 5)},
    "4 billion strips": {_OFFSETS: (_LONG, _MOST, 8)},
    "4 billion rows a strip, none there": {_ROWS: (_LONG, 1, _MOST), _HEIGHT: (_LONG, 1, 9000)},
    "4 billion widths": {_WIDTH: (_LONG, _MOST, 8)},
    "65,535 bits": {_BITS: (_SHORT, 1, 65_535)},
    "60,000 samples": {_SAMPLES: (_SHORT, 1, 60_000)},
    "an unknown compression": {_COMPRESSION: (_SHORT, 1, 4242)},
    "LZW of garbage": {_COMPRESSION: (_SHORT, 1, 5)},
    "JPEG of garbage": {_COMPRESSION: (_SHORT, 1, 7)},
    "deflate of garbage": {_COMPRESSION: (_SHORT, 1, 8), _HEIGHT: (_LONG, 1, 5000)},
    "an unknown colour model": {_PHOTOMETRIC: (_SHORT, 1, 4242)},
    "a width of text": {_WIDTH: (2, 4, 0x41414141)},
}


def _tiff(changed: dict[int, Entry], following: int = 0) -> bytes:
    """A grey picture of 8 x 8 but for what is changed; its pixels follow its directory."""
    entries = {
        _WIDTH: (_LONG, 1, 8),
        _HEIGHT: (_LONG, 1, 8),
        _BITS: (_SHORT, 1, 8),
        _COMPRESSION: (_SHORT, 1, 1),
        _PHOTOMETRIC: (_SHORT, 1, 1),
        _OFFSETS: (_LONG, 1, 8 + 2 + 9 * 12 + 4),
        _SAMPLES: (_SHORT, 1, 1),
        _ROWS: (_LONG, 1, 8),
        _COUNTS: (_LONG, 1, 64),
        **changed,
    }
    directory = b"".join(
        struct.pack("<HHII", tag, *entry) for tag, entry in sorted(entries.items())
    )
    head = b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", len(entries))
    return head + directory + following.to_bytes(4, "little") + b"\xa5" * 64


def _cycle() -> bytes:
    """No pixels, and its next directory is the first."""
    entry = struct.pack("<HHII", _BITS, _SHORT, 1, 8)
    return b"II*\x00\x08\x00\x00\x00\x01\x00" + entry + b"\x08\x00\x00\x00"


def _widths(count: int) -> bytes:
    entry = struct.pack("<HHII", _WIDTH, _LONG, 1, 8)
    return b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", count) + entry * count + bytes(4)


def _strips(count: int) -> bytes:
    """A row each, all of them the same bytes, but for the last, which is missing."""
    at = 8 + 2 + 9 * 12 + 4 + 64
    plain = _tiff({_HEIGHT: (_LONG, 1, 20_000), _ROWS: (_LONG, 1, 1), _OFFSETS: (_LONG, count, at)})
    return plain + (8).to_bytes(4, "little") * (count - 1) + b"\xff" * 4
