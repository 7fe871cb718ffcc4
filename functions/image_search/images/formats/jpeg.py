"""JPEG (ITU-T T.81): a walk over its segments."""

from __future__ import annotations

import re
import struct

from image_search.images.formats import exif
from image_search.images.formats.picture import Picture, check_parts, corrupt

_EXIF = b"Exif\x00\x00"
_XMP = b"http://ns.adobe.com/xap/1.0/\x00"
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
_MARKER = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
"""One that begins a segment. Decoders skip other bytes between two segments (libjpeg's
`next_marker`), markers of restarts among them."""
_STANDALONE = frozenset({0x00, 0x01, *range(0xD0, 0xD8)})
MAX_SCANS = 100
"""Encoders make about ten. Each costs a decoder as much as the whole picture, however few bytes
it has."""


def read(content: bytes) -> Picture:
    """Raises ``CorruptImage``. What follows the picture, such as a motion photo's film, is cut.

    A picture that is cut off in its image data, or behind it, is incomplete, and gets an end.
    """
    walk = _Walk(content)
    while not walk.ended:
        walk.step()
    if walk.size is None:
        raise corrupt("a JPEG without a frame header")
    if walk.scans == 0:
        raise corrupt("a JPEG without image data")
    width, height = walk.size
    return Picture(width, height, 1, walk.orientation, tuple(walk.kept), incomplete=walk.incomplete)


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
        self.incomplete = False
        self._exif: bytes | None = None
        self._xmp = b""
        self._scan_bytes = 0
        self._segments = 0

    @property
    def orientation(self) -> int:
        """As the first EXIF block says: viewers look at no other."""
        return exif.orientation(self._exif or b"", self._xmp)

    def step(self) -> None:
        """One marker with what belongs to it."""
        self._segments += 1
        check_parts(self._segments)
        start = self._segment_start()
        if start is None:
            self._end("a JPEG that ends before its end marker")
            return
        marker = self._content[start - 1]
        if marker == _EOI:
            self.kept.append(b"\xff\xd9")
            self.ended = True
            return
        if self.scans and not _SCAN_END.match(self._content, start - 2):
            raise corrupt("a JPEG segment that may not follow a scan")
        length = int.from_bytes(self._content[start : start + 2], "big")
        end = start + length
        if end > len(self._content):
            self._end("a JPEG segment is longer than the file")
            return
        if length < 2:
            raise corrupt("a JPEG segment of no length")
        self._read(marker, start, end)

    def _end(self, problem: str) -> None:
        """The file's, and of the walk. Raises ``CorruptImage`` where that is before any scan."""
        if self.scans == 0:
            raise corrupt(problem)
        if self.scans == 1 and self._scan_bytes < self._least_bytes():
            raise corrupt("a JPEG that ends before its picture begins")
        self.kept.append(b"\xff\xd9")
        self.ended = self.incomplete = True

    def _least_bytes(self) -> int:
        """No row of blocks has fewer: each of them has two codes of a bit at least."""
        return 1 + (self.size[0] if self.size else 0) * 2 // (8 * 8)

    def _segment_start(self) -> int | None:
        """Behind the next marker; None where none is left. Fill bytes and others may precede it."""
        fill = _FILL.match(self._content, self._at)
        at = fill.end() if fill else len(self._content)
        if fill and (at == len(self._content) or self._content[at] not in _STANDALONE):
            return at + 1 if at < len(self._content) else None
        found = _MARKER.search(self._content, self._at)
        return found.end() if found else None

    def _read(self, marker: int, start: int, end: int) -> None:
        if marker in _FRAMES:
            self._read_frame(start, end)
        if marker == _APP1:
            self._read_metadata(start, end)
        self._at = self._scan_end(end) if marker == _SOS else end
        self._keep(marker, start, end)

    def _read_frame(self, start: int, end: int) -> None:
        if end - start < 8 or self.size is not None:
            raise corrupt("a JPEG with a broken or second frame header")
        height, width = struct.unpack_from(">HH", self._content, start + 3)
        self.size = width, height

    def _read_metadata(self, start: int, end: int) -> None:
        if self._exif is None and self._content.startswith(_EXIF, start + 2):
            self._exif = self._content[start + 8 : end]
        if self._content.startswith(_XMP, start + 2):
            self._xmp = self._content[start + 2 + len(_XMP) : end]

    def _scan_end(self, start: int) -> int:
        self.scans += 1
        if self.scans > MAX_SCANS:
            raise corrupt(f"a JPEG of more than {MAX_SCANS} scans")
        found = _SCAN_END.search(self._content, start)
        end = found.start() if found else len(self._content)
        self._scan_bytes = end - start
        return end

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
