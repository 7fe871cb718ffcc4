"""Files of which one bit is wrong, where that makes them invalid."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.bad_image import CORRUPT, BadImage
from corpus.whole import whole_pictures

_PLACES = {
    "baseline.jpg": (4, 22, 158),
    "progressive.jpg": (4, 22, 158, 179),
    "picture.png": (8, 12, 16, 24, 37, 500),
    "picture.gif": (10, 25, 34),
    "picture.webp": (4, 12, 17, 24),
    "picture.heic": (0, 8, 28, 30, 33),
    "picture.avif": (0, 8, 32, 34, 36),
    "picture.tif": (4, 10, 16, 22, 24),
    "picture.bmp": (10, 13, 22, 28),
}
"""Bytes of lengths, markers, checksums and offsets."""


def flipped() -> Iterator[BadImage]:
    for name, places in _PLACES.items():
        for place in places:
            content = bytearray(whole_pictures()[name])
            content[place] ^= 0x80
            yield BadImage(f"byte {place} of {name} changed", bytes(content), CORRUPT)
