"""GIF (version 89a): a walk over its blocks."""

from __future__ import annotations

import struct
from typing import NamedTuple

from image_search.images.formats import exif
from image_search.images.formats.picture import Picture, check_parts, corrupt

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_GRAPHIC_CONTROL, _APPLICATION = 0xF9, 0xFF
_LOOPING = (b"\x0bNETSCAPE2.0", b"\x0bANIMEXTS1.0")


class _Block(NamedTuple):
    """Where a block ends, and whether it is part of the picture.

    ``reach``: how far a frame goes to the right and down, in pixels; None for what is no frame.
    """

    end: int
    is_picture: bool
    reach: tuple[int, int] | None = None


def read(content: bytes) -> Picture:
    """Raises ``CorruptImage``. The size is that of the screen, or of a frame that goes beyond."""
    view = memoryview(content)
    try:
        width, height, flags = struct.unpack_from("<HHB", content, 6)
        at = 13 + _colour_table(flags)
        kept: list[bytes | memoryview] = [view[:at]]
        frames = count = 0
        while content[at] != _TRAILER:
            check_parts(count := count + 1)
            block = _block(content, at)
            if block.reach is not None:
                frames += 1
                width, height = max(width, block.reach[0]), max(height, block.reach[1])
            if block.is_picture:
                kept.append(view[at : block.end])
            at = block.end
    except (IndexError, struct.error) as error:
        raise corrupt("a GIF that ends before its trailer") from error
    if frames == 0:
        raise corrupt("a GIF without an image")
    kept.append(b"\x3b")
    return Picture(width, height, frames, exif.UPRIGHT, tuple(kept))


def _block(content: bytes, at: int) -> _Block:
    if content[at] == _IMAGE:
        left, top, width, height, flags = struct.unpack_from("<HHHHB", content, at + 1)
        data = at + 10 + _colour_table(flags) + 1
        return _Block(_sub_blocks_end(content, data), True, (left + width, top + height))
    if content[at] != _EXTENSION:
        raise corrupt("a GIF block of no known kind")
    label = content[at + 1]
    looping = label == _APPLICATION and content.startswith(_LOOPING, at + 2)
    return _Block(_sub_blocks_end(content, at + 2), looping or label == _GRAPHIC_CONTROL)


def _colour_table(flags: int) -> int:
    """Bytes of the colour table that a packed field announces."""
    return 3 << ((flags & 0x07) + 1) if flags & 0x80 else 0


def _sub_blocks_end(content: bytes, at: int) -> int:
    while size := content[at]:  # there may be millions: the one place here where speed matters
        at += 1 + size
    return at + 1
