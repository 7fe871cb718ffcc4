"""BMP: the size in its header (Windows GDI, BITMAPCOREHEADER and BITMAPINFOHEADER)."""

from __future__ import annotations

import struct

from image_search.images.formats import exif
from image_search.images.formats.picture import Picture, corrupt

_CORE_HEADER = 12


def read(content: bytes) -> Picture:
    """Raises ``CorruptImage``. A negative height says that the rows begin at the top."""
    core = content[14:18] == _CORE_HEADER.to_bytes(4, "little")
    try:
        width, height = struct.unpack_from("<HH" if core else "<ii", content, 18)
    except struct.error as error:
        raise corrupt("a BMP header that is cut off") from error
    if width < 0 or height == 0:
        raise corrupt("a BMP of negative width, or without rows")
    return Picture(width, abs(height), 1, exif.UPRIGHT, ())
