"""The one thing of EXIF and XMP that matters here: which way up the picture is."""

from __future__ import annotations

import re
import struct

UPRIGHT = 1

_ORIENTATION = 0x0112
# SBYTE, SHORT, LONG, SSHORT, SLONG and IFD, as Pillow takes them: not every writer keeps to SHORT.
_INTEGERS = {3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I"}
_ENTRY_BYTES = 12
# As an attribute and as an element; the same pattern as Pillow's.
_XMP_ORIENTATION = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')


def orientation(tiff: bytes, xmp: bytes = b"") -> int:
    """The orientation in a TIFF block (EXIF 2.32 §4.6.4), 1 to 8; 1 where it is absent or broken.

    A block without one leaves it to XMP. A damaged block is no reason to refuse a picture that
    every viewer shows.
    """
    found = _of_block(tiff)
    if found is None:
        match = _XMP_ORIENTATION.search(xmp)
        found = int(match[1]) if match else UPRIGHT
    return found if 1 <= found <= 8 else UPRIGHT


def _of_block(tiff: bytes) -> int | None:
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None:
        return None
    try:
        return _find(tiff, order)
    except struct.error:
        return None


def _find(tiff: bytes, order: str) -> int | None:
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for at in range(start + 2, start + 2 + count * _ENTRY_BYTES, _ENTRY_BYTES):
        tag, kind, count = struct.unpack_from(f"{order}HHI", tiff, at)
        if tag == _ORIENTATION:
            if kind not in _INTEGERS or count != 1:
                return UPRIGHT
            value: int
            (value,) = struct.unpack_from(f"{order}{_INTEGERS[kind]}", tiff, at + 8)
            return value
    return None
