"""GIF (version 89a): a walk over its blocks."""

from __future__ import annotations

import struct

from image_search.formats import exif
from image_search.formats.picture import Picture, check_parts, corrupt

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_GRAPHIC_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPING = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")


def read(content: bytes) -> Picture:
    """Raises ``CorruptImage``."""
    view = memoryview(content)
    try:
        width, height, flags = struct.unpack_from("<HHB", content, 6)
        at = 13 + _colour_table(flags)
        kept: list[bytes | memoryview] = [view[:at]]
        frames = count = 0
        while content[at] != _TRAILER:
            check_parts(count := count + 1)
            end, is_frame, is_picture = _block(content, at)
            frames += is_frame
            if is_picture:
                kept.append(view[at:end])
            at = end
    except (IndexError, struct.error) as error:
        raise corrupt("a GIF that ends before its trailer") from error
    if frames == 0:
        raise corrupt("a GIF without an image")
    kept.append(b"\x3b")
    return Picture(width, height, frames, exif.UPRIGHT, tuple(kept))


def _block(content: bytes, at: int) -> tuple[int, bool, bool]:
    """Where a block ends, whether it is a frame, and whether it is part of the picture."""
    if content[at] == _IMAGE:
        data = at + 10 + _colour_table(content[at + 9]) + 1
        return _sub_blocks_end(content, data), True, True
    if content[at] != _EXTENSION:
        raise corrupt("a GIF block of no known kind")
    label = content[at + 1]
    looping = label == _APPLICATION and content.startswith(_LOOPING, at + 2)
    return _sub_blocks_end(content, at + 2), False, looping or label == _GRAPHIC_CONTROL


def _colour_table(flags: int) -> int:
    """Bytes of the colour table that a packed field announces."""
    return 3 << ((flags & 0x07) + 1) if flags & 0x80 else 0


def _sub_blocks_end(content: bytes, at: int) -> int:
    while content[at] != 0:
        at += 1 + content[at]
    return at + 1
