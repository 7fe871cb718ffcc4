"""What a file's headers say about its picture, and which of its bytes make the picture up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from image_search.errors import CorruptImage

MAX_PARTS = 50_000
"""Segments, chunks or blocks of a file. No encoder makes as many; a crafted file has millions, and
each of them costs time and memory."""


Box = tuple[int, int, int, int]


class Stored(NamedTuple):
    """How what is stored becomes what is displayed, for a decoder that does not see to it itself.

    First ``crop`` (left, top, right and bottom), then ``orientation`` (EXIF, 1 to 8).
    ``incomplete``: the file ends before the picture does; decoders show what is there.
    """

    orientation: int = 1
    crop: Box | None = None
    incomplete: bool = False


AS_DISPLAYED = Stored()


@dataclass(frozen=True)
class Picture:
    """``width`` and ``height`` in stored pixels, before ``orientation`` (EXIF, 1 to 8) is applied.

    ``kept``: the slices of the file that are not metadata, in order.
    ``decoded``: pixels that a decoder makes on the way, where they may be more.
    ``crop`` and ``incomplete``: as in ``Stored``.
    """

    width: int
    height: int
    frames: int
    orientation: int
    kept: tuple[bytes | memoryview, ...] = field(repr=False)
    decoded: int = 0
    incomplete: bool = False
    crop: Box | None = None

    @property
    def pixels(self) -> int:
        return max(self.width * self.height, self.decoded)

    @property
    def stored(self) -> Stored:
        return Stored(self.orientation, self.crop, self.incomplete)

    def clean(self) -> bytes:
        """The file without its metadata."""
        return b"".join(self.kept)


def check_parts(count: int) -> None:
    """Raises ``CorruptImage`` for a file of more than ``MAX_PARTS`` parts."""
    if count > MAX_PARTS:
        raise corrupt(f"a file of more than {MAX_PARTS} parts")


def corrupt(what: str) -> CorruptImage:
    """An error for a file that breaks its format's rules."""
    return CorruptImage(detail=what)
