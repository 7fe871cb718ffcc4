"""TIFF (revision 6.0) and BigTIFF: what can be known before a decoder believes a directory."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from image_search.images.formats import exif
from image_search.images.formats.picture import MAX_PARTS, Picture, corrupt

SIGNATURES = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")

_WIDTH, _HEIGHT = 256, 257
_NUMBERS = {3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}  # SHORT, LONG, IFD, LONG8 and IFD8
_OF_BYTES = frozenset({1, 2, 6, 7})
"""BYTE, ASCII, SBYTE and UNDEFINED: one block of data, such as a colour profile."""
_TABLES = frozenset({301, 320})
"""TransferFunction and ColorMap: three tables, of 65,536 values for 16 bits."""
_MOST_ENTRIES = 4_096
_MOST_OF_TABLE = 3 * 65_536


class Layout(NamedTuple):
    """How a file writes numbers: the byte order, and its offsets, counts and entries."""

    order: str
    offset: str
    counter: str
    entry_bytes: int

    @classmethod
    def of(cls, content: bytes) -> Layout:
        order = "<" if content[:2] == b"II" else ">"
        if b"+" in content[2:4]:
            return cls(order, "Q", "Q", 20)
        return cls(order, "I", "H", 12)

    def unpack(self, content: bytes, kind: str, at: int) -> tuple[int, ...]:
        """Raises ``struct.error`` beyond the end."""
        if at > len(content):
            raise struct.error
        return struct.unpack_from(self.order + kind, content, at)

    @property
    def first_directory(self) -> int:
        return 8 if self.offset == "Q" else 4


class Entry(NamedTuple):
    """``value_at``: where the value is, or its offset where it is larger than that."""

    tag: int
    kind: int
    values: int
    value_at: int


def read(content: bytes) -> Picture:
    """The size of the first picture; the decoder turns it by itself.

    Raises ``CorruptImage`` also where its directory lists more values than any encoder writes:
    decoders make a list of them, and millions of strips take minutes and gigabytes.
    """
    layout = Layout.of(content)
    size: dict[int, int] = {}
    try:
        (start,) = layout.unpack(content, layout.offset, layout.first_directory)
        for entry in entries(content, layout, start):
            _check(entry)
            if entry.tag in (_WIDTH, _HEIGHT) and entry.kind in _NUMBERS:
                size[entry.tag] = number(content, layout, entry)
    except struct.error as error:
        raise corrupt("a TIFF whose directory is cut off") from error
    if len(size) < 2:
        raise corrupt("a TIFF that does not say its size")
    return Picture(size[_WIDTH], size[_HEIGHT], 1, exif.UPRIGHT, ())


def entries(content: bytes, layout: Layout, start: int) -> Iterator[Entry]:
    """Of the directory at ``start``.

    Raises ``struct.error`` where it is cut off, ``CorruptImage`` where it is endless.
    """
    (count,) = layout.unpack(content, layout.counter, start)
    if count > _MOST_ENTRIES:
        raise corrupt(f"a TIFF with a directory of {count} entries")
    first = start + struct.calcsize(layout.counter)
    head = f"HH{layout.offset}"
    for at in range(first, first + count * layout.entry_bytes, layout.entry_bytes):
        tag, kind, values = layout.unpack(content, head, at)
        yield Entry(tag, kind, values, at + 4 + struct.calcsize(layout.offset))


def number(content: bytes, layout: Layout, entry: Entry) -> int:
    """The first value of an entry of whole numbers, which lies in the directory itself."""
    return layout.unpack(content, _NUMBERS.get(entry.kind, "H"), entry.value_at)[0]


def _check(entry: Entry) -> None:
    most = _MOST_OF_TABLE if entry.tag in _TABLES else MAX_PARTS
    if entry.kind not in _OF_BYTES and entry.values > most:
        raise corrupt(f"a TIFF with a tag of {entry.values} values")
