"""AVIF with a clean aperture (`clap`), which no encoder in the tests writes."""

from __future__ import annotations

import struct


def cropped(avif: bytes, width: int, height: int, right: int = 0, down: int = 0) -> bytes:
    """The part of this size whose centre is ``right`` and ``down`` of the picture's, in halves.

    Of a file with one picture, as Pillow writes it; the crop comes before what turns it.
    """
    numbers = (width, 1, height, 1, right, 2, down, 2)
    clap = struct.pack(">I4sIIIIiIiI", 40, b"clap", *numbers)
    end = _end(avif, b"ipco")
    ipma = avif.index(b"ipma")
    properties = avif[ipma + 14]
    # The number of the new property, which is essential, before those that turn the picture.
    turning = (b"irot" in avif) + (b"imir" in avif)
    at = ipma + 15 + properties - turning
    index = bytes((0x80 | _boxes_in(avif, b"ipco") + 1,))
    content = bytearray(avif[:end] + clap + avif[end:at] + index + avif[at:])
    content[ipma + 40 + 14] += 1
    for kind, more in ((b"ipco", 40), (b"iprp", 41), (b"meta", 41), (b"ipma", 1)):
        _enlarge(content, content.index(kind) - 4, more)
    _enlarge(content, content.index(b"iloc") + 18, 41)
    return bytes(content)


def _end(content: bytes, kind: bytes) -> int:
    at = content.index(kind) - 4
    return at + int.from_bytes(content[at : at + 4], "big")


def _boxes_in(content: bytes, kind: bytes) -> int:
    at, end, count = content.index(kind) + 4, _end(content, kind), 0
    while at < end:
        at += int.from_bytes(content[at : at + 4], "big")
        count += 1
    return count


def _enlarge(content: bytearray, at: int, more: int) -> None:
    content[at : at + 4] = (int.from_bytes(content[at : at + 4], "big") + more).to_bytes(4, "big")
