"""The one thing of EXIF that matters here: which way up the picture is."""

from __future__ import annotations

import struct

UPRIGHT = 1

_ORIENTATION = 0x0112
_SHORT = 3
_ENTRY_BYTES = 12


def orientation(tiff: bytes) -> int:
    """The orientation in a TIFF block (EXIF 2.32 §4.6.4), 1 to 8; 1 where it is absent or broken.

    A damaged block is no reason to refuse a picture that every viewer shows.
    """
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        return _find(tiff, order)
    except struct.error:
        return UPRIGHT


def _find(tiff: bytes, order: str) -> int:
    (start,) = struct.unpack_from(f"{order}I", tiff, 4)
    (count,) = struct.unpack_from(f"{order}H", tiff, start)
    for at in range(start + 2, start + 2 + count * _ENTRY_BYTES, _ENTRY_BYTES):
        tag, kind, count, value = struct.unpack_from(f"{order}HHIH", tiff, at)
        if tag == _ORIENTATION:
            return value if (kind, count) == (_SHORT, 1) and 1 <= value <= 8 else UPRIGHT
    return UPRIGHT
