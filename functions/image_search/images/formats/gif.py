"""GIF (version 89a): a walk over its blocks."""

from __future__ import annotations

import struct
from typing import NamedTuple

from image_search.images.formats import exif
from image_search.images.formats.picture import Picture, check_parts, corrupt

_EXTENSION, _IMAGE = 0x21, 0x2C
_SCREEN_END = 13
_FRAME_BYTES = 10
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
    """Raises ``CorruptImage``. The size is that of the screen, or of a frame that goes beyond.

    Behind a whole frame, the end of the file or a block of no known kind is the end, as it is to
    browsers. A file that ends in its first frame is incomplete.
    """
    if len(content) < _SCREEN_END:
        raise corrupt("a GIF without a screen")
    width, height, flags = struct.unpack_from("<HHB", content, 6)
    walk = _Walk(content, _SCREEN_END + _colour_table(flags))
    walk.run()
    if not walk.reaches:
        raise corrupt("a GIF without an image")
    return Picture(
        max(width, *(right for right, _ in walk.reaches)),
        max(height, *(bottom for _, bottom in walk.reaches)),
        len(walk.reaches),
        exif.UPRIGHT,
        (*walk.kept, b"\x3b"),
        incomplete=walk.incomplete,
    )


class _Walk:
    """Over the blocks from ``at`` on."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content = content
        self._view = memoryview(content)
        self._at = at
        self.kept: list[bytes | memoryview] = [self._view[:at]]
        self.reaches: list[tuple[int, int]] = []
        self.incomplete = False

    def run(self) -> None:
        try:
            self._take_blocks()
        except (IndexError, struct.error):
            if not self.reaches:
                self._take_part()

    def _take_blocks(self) -> None:
        count = 0
        while self._content[self._at] in (_IMAGE, _EXTENSION):
            check_parts(count := count + 1)
            block = _block(self._content, self._at)
            if block.reach is not None:
                self.reaches.append(block.reach)
            if block.is_picture:
                self.kept.append(self._view[self._at : block.end])
            self._at = block.end

    def _take_part(self) -> None:
        """Of a frame whose data is cut off, with the rest of its last sub-block as a whole one."""
        header = self._content[self._at : self._at + _FRAME_BYTES]
        if len(header) < _FRAME_BYTES or header[0] != _IMAGE:
            return
        reach, at = _frame(self._content, self._at)
        if at > len(self._content):
            return
        while at < len(self._content) and at + 1 + self._content[at] <= len(self._content):
            at += 1 + self._content[at]
        rest = self._view[at + 1 :]
        last = bytes((len(rest),)) + rest if rest else b""
        self.kept += [self._view[self._at : at], last, b"\x00"]
        self.reaches.append(reach)
        self.incomplete = True


def _block(content: bytes, at: int) -> _Block:
    if content[at] == _IMAGE:
        reach, data = _frame(content, at)
        return _Block(_sub_blocks_end(content, data), True, reach)
    label = content[at + 1]
    looping = label == _APPLICATION and content.startswith(_LOOPING, at + 2)
    return _Block(_sub_blocks_end(content, at + 2), looping or label == _GRAPHIC_CONTROL)


def _frame(content: bytes, at: int) -> tuple[tuple[int, int], int]:
    """How far a frame goes, and where its data starts."""
    left, top, width, height, flags = struct.unpack_from("<HHHHB", content, at + 1)
    return (left + width, top + height), at + 10 + _colour_table(flags) + 1


def _colour_table(flags: int) -> int:
    """Bytes of the colour table that a packed field announces."""
    return 3 << ((flags & 0x07) + 1) if flags & 0x80 else 0


def _sub_blocks_end(content: bytes, at: int) -> int:
    while size := content[at]:  # there may be millions: the one place here where speed matters
        at += 1 + size
    return at + 1
