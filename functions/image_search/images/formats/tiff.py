"""TIFF (revision 6.0): what can be known of a file before a decoder believes its directory."""

from __future__ import annotations

import struct

from image_search.images.formats import exif
from image_search.images.formats.picture import MAX_PARTS, Picture, corrupt

_BYTE_ORDERS = {b"II*\x00": "<", b"MM\x00*": ">"}
_ENTRY_BYTES = 12
_WIDTH, _HEIGHT = 256, 257
_NUMBERS = {3: "H", 4: "I"}  # SHORT and LONG
_OF_BYTES = frozenset({1, 2, 6, 7})
"""BYTE, ASCII, SBYTE and UNDEFINED: one block of data, such as a colour profile."""


def read(content: bytes) -> Picture:
    """The size of the first picture; the decoder turns it by itself.

    Raises ``CorruptImage`` also where its directory lists more values than any encoder writes:
    decoders make a list of them, and millions of strips take minutes and gigabytes.
    """
    order = _BYTE_ORDERS[content[:4]]
    size: dict[int, int] = {}
    try:
        (start,) = struct.unpack_from(f"{order}I", content, 4)
        (entries,) = struct.unpack_from(f"{order}H", content, start)
        for at in range(start + 2, start + 2 + entries * _ENTRY_BYTES, _ENTRY_BYTES):
            tag, kind, count = struct.unpack_from(f"{order}HHI", content, at)
            if kind not in _OF_BYTES and count > MAX_PARTS:
                raise corrupt(f"a TIFF with a tag of {count} values")
            if tag in (_WIDTH, _HEIGHT) and kind in _NUMBERS:
                (size[tag],) = struct.unpack_from(f"{order}{_NUMBERS[kind]}", content, at + 8)
    except struct.error as error:
        raise corrupt("a TIFF whose directory is cut off") from error
    if len(size) < 2:
        raise corrupt("a TIFF that does not say its size")
    return Picture(size[_WIDTH], size[_HEIGHT], 1, exif.UPRIGHT, ())
