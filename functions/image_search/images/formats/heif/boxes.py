"""Boxes (ISO/IEC 14496-12 §4.2), and numbers within them."""

from __future__ import annotations

from collections.abc import Iterator

from image_search.images.formats.picture import corrupt

Box = tuple[bytes, memoryview]

# Boxes, references, extents and units of a whole file. A phone's 48 megapixels in 192 tiles have
# 2,000; so many take 20 ms.
_MOST_PARTS = 12_000


class Parts:
    """How many parts of a file were looked at, in whatever order and however often."""

    def __init__(self) -> None:
        self._count = 0

    def count(self, more: int = 1) -> None:
        """Raises ``CorruptImage`` for a file of too many."""
        self._count += more
        if self._count > _MOST_PARTS:
            raise corrupt(f"a file of more than {_MOST_PARTS} parts")


def boxes(view: memoryview, parts: Parts) -> Iterator[Box]:
    """Kind and content of each box of ``view``. Raises ``CorruptImage``."""
    at = 0
    while at + 8 <= len(view):
        parts.count()
        length, start = int.from_bytes(view[at : at + 4], "big"), at + 8
        if length == 1:
            length, start = int.from_bytes(view[at + 8 : at + 16], "big"), at + 16
        end = at + length if length else len(view)
        if end < start or end > len(view):
            raise corrupt("a box that is longer than what holds it, or shorter than its header")
        yield bytes(view[at + 4 : at + 8]), view[start:end]
        at = end


def find(view: memoryview, kind: bytes, parts: Parts) -> memoryview | None:
    """The content of the first box of a kind."""
    return next((content for name, content in boxes(view, parts) if name == kind), None)


class Fields:
    """Numbers from the front of a box; beyond its end is ``CorruptImage``."""

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._at = 0

    @property
    def left(self) -> memoryview:
        return self._view[self._at :]

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length), "big")

    def take(self, length: int) -> memoryview:
        start = self._at
        self._at += length
        if self._at > len(self._view):
            raise corrupt("a box that is cut off")
        return self._view[start : self._at]
