"""JPEG (ITU-T T.81): a walk over its segments."""

from __future__ import annotations

import re
import struct

from image_search.images.formats import exif
from image_search.images.formats.picture import Picture, check_parts, corrupt

_EXIF = b"Exif\x00\x00"
_ICC = b"ICC_PROFILE\x00"
_JFIF = b"JFIF\x00"
_JFIF_BYTES = 14
"""A JFIF segment without its thumbnail, from its length on (ITU-T T.871 §10.1)."""

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP2, _APP14, _APP15 = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN_END = re.compile(rb"\xff[\xc4\xcc\xd9-\xdd\xe0-\xef\xfe]")
"""What may follow a scan: tables, another scan, an application's segment, a comment or the end. Any
other marker in there is damage that decoders read past."""
_FILL = re.compile(rb"\xff+")
MAX_SCANS = 100
"""Encoders make about ten. Each costs a decoder as much as the whole picture, however few bytes
it has."""


def read(content: bytes) -> Picture:
    """Raises ``CorruptImage``. What follows the picture, such as a motion photo's film, is cut."""
    walk = _Walk(content)
    while not walk.ended:
        walk.step()
    if walk.size is None:
        raise corrupt("a JPEG without a frame header")
    if walk.scans == 0:
        raise corrupt("a JPEG without image data")
    width, height = walk.size
    return Picture(width, height, 1, walk.orientation, tuple(walk.kept))


class _Walk:
    """Where the walk is, and what it has found."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._view = memoryview(content)
        self._at = 2
        self.kept: list[bytes | memoryview] = [self._view[:2]]
        self.size: tuple[int, int] | None = None
        self.scans = 0
        self.ended = False
        self._orientation: int | None = None
        self._segments = 0

    @property
    def orientation(self) -> int:
        """As the first EXIF block says: viewers look at no other."""
        return exif.UPRIGHT if self._orientation is None else self._orientation

    def step(self) -> None:
        """One marker with what belongs to it."""
        self._segments += 1
        check_parts(self._segments)
        marker, start = self._marker()
        if marker == _EOI:
            self.kept.append(b"\xff\xd9")
            self.ended = True
            return
        if self.scans and not _SCAN_END.match(self._content, start - 2):
            raise corrupt("a JPEG segment that may not follow a scan")
        end = self._segment_end(start)
        if marker in _FRAMES:
            self._read_frame(start, end)
        if marker == _APP1 and self._orientation is None:
            self._read_exif(start, end)
        self._at = self._scan_end(end) if marker == _SOS else end
        self._keep(marker, start, end)

    def _marker(self) -> tuple[int, int]:
        """The next marker and where its segment starts; any number of fill bytes may precede it."""
        fill = _FILL.match(self._content, self._at)
        if fill is None:
            raise corrupt("a JPEG segment does not begin with a marker")
        at = fill.end()
        if at >= len(self._content):
            raise corrupt("a JPEG that ends before its end marker")
        return self._content[at], at + 1

    def _segment_end(self, start: int) -> int:
        length = int.from_bytes(self._content[start : start + 2], "big")
        if length < 2 or start + length > len(self._content):
            raise corrupt("a JPEG segment is longer than the file")
        return start + length

    def _read_frame(self, start: int, end: int) -> None:
        if end - start < 8 or self.size is not None:
            raise corrupt("a JPEG with a broken or second frame header")
        height, width = struct.unpack_from(">HH", self._content, start + 3)
        self.size = width, height

    def _read_exif(self, start: int, end: int) -> None:
        if self._content.startswith(_EXIF, start + 2):
            self._orientation = exif.orientation(self._content[start + 8 : end])

    def _scan_end(self, start: int) -> int:
        self.scans += 1
        if self.scans > MAX_SCANS:
            raise corrupt(f"a JPEG of more than {MAX_SCANS} scans")
        found = _SCAN_END.search(self._content, start)
        if found is None:
            raise corrupt("a JPEG that ends inside its image data")
        return found.start()

    def _keep(self, marker: int, start: int, end: int) -> None:
        """Only what a decoder needs: no EXIF, XMP, IPTC, comment, thumbnail or maker's segment."""
        if marker == _APP0:
            if self._content.startswith(_JFIF, start + 2) and end - start >= _JFIF_BYTES + 2:
                header = self._content[start + 2 : start + _JFIF_BYTES]
                self.kept.append(b"\xff\xe0\x00\x10" + header + b"\x00\x00")
            return
        if marker == _COM or _APP1 <= marker <= _APP15:
            icc = marker == _APP2 and self._content.startswith(_ICC, start + 2)
            if not icc and marker != _APP14:
                return
        self.kept.append(bytes((0xFF, marker)))
        self.kept.append(self._view[start : self._at])
