"""BMPs whose headers lie, each in one way."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from corpus.bad_image import CORRUPT, OUT_OF_BOUNDS, UNSUPPORTED, BadImage

_MOST = 2**31 - 1
_RLE8 = 1


def bad_bmps() -> Iterator[BadImage]:
    for width, height in ((1, 65_535), (65_535, 1), (50_000, 50_000), (_MOST, _MOST)):
        content = _bmp(width=width, height=height)
        yield BadImage(f"BMP of {width} x {height}", content, OUT_OF_BOUNDS, "image/bmp")
    for name, content in {
        "no rows": _bmp(height=0),
        "pixels beyond the end": _bmp(offset=100_000_000),
        "3 bits a pixel": _bmp(bits=3),
        "65,535 bits a pixel": _bmp(bits=65_535),
        "4 billion colours": _bmp(bits=8, colours=2**32 - 1),
        "no pixels": _bmp(width=6000, height=6000),
    }.items():
        yield BadImage(f"BMP, {name}", content, CORRUPT, "image/bmp")
    below_zero = _bmp(width=-8)
    yield BadImage("BMP, width below zero", below_zero, CORRUPT, "image/bmp")
    unknown = _bmp(compression=99)
    yield BadImage("BMP, an unknown compression", unknown, UNSUPPORTED, "image/bmp")
    yield BadImage("BMP, 2,000,000 run lengths", _runs(2_000_000), UNSUPPORTED, "image/bmp")
    yield BadImage("BMP, header of 4 GB", b"BM" + bytes(12) + b"\xff" * 4, UNSUPPORTED)


def _bmp(
    *,
    width: int = 8,
    height: int = 8,
    bits: int = 24,
    compression: int = 0,
    colours: int = 0,
    offset: int = 54,
    pixels: bytes = b"",
) -> bytes:
    """Without pixels unless some are given."""
    sizes = struct.pack("<IiiHHII", 40, width, height, 1, bits, compression, 0)
    return (
        b"BM"
        + struct.pack("<IHHI", 54, 0, 0, offset)
        + sizes
        + struct.pack("<iiII", 0, 0, colours, 0)
        + pixels
    )


def _runs(count: int) -> bytes:
    """Too few for the picture."""
    palette = bytes(1024)
    pixels = palette + b"\x01\x01" * count
    return _bmp(width=6000, height=6000, bits=8, compression=_RLE8, offset=1078, pixels=pixels)
