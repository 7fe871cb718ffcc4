"""PNG (W3C PNG, third edition): a walk over its chunks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from image_search.images.formats import exif
from image_search.images.formats.picture import Picture, check_parts, corrupt

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_ICC_BYTES = 4_000_000
"""No real colour profile is larger; a compressed one may claim to be gigabytes."""

_PICTURE = frozenset(
    {
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"),
        *(b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP"),
        *(b"acTL", b"fcTL", b"fdAT"),
    }
)


def read(content: bytes) -> Picture:
    """Raises ``CorruptImage``, also when a checksum is wrong."""
    view = memoryview(content)
    chunks = list(_chunks(content, view))
    kinds = [kind for kind, _, _ in chunks]
    if kinds[0] != b"IHDR" or kinds.count(b"IHDR") > 1 or b"IDAT" not in kinds:
        raise corrupt("a PNG without one header, first, and image data")
    if kinds.count(b"iCCP") > 1:
        raise corrupt("a PNG with a second colour profile")
    data = {kind: view[start + 8 : end - 4] for kind, start, end in chunks}
    if b"iCCP" in data:
        _check_profile(bytes(data[b"iCCP"]))
    return Picture(
        *_size(data[b"IHDR"]),
        max(1, _frames(data.get(b"acTL")), kinds.count(b"fcTL")),
        exif.orientation(bytes(data.get(b"eXIf", b""))),
        (view[:8], *(view[start:end] for kind, start, end in chunks if kind in _PICTURE)),
    )


def _chunks(content: bytes, view: memoryview) -> Iterator[tuple[bytes, int, int]]:
    """Type, start and end of each chunk, up to the end chunk; what follows is cut."""
    kind, at, count = b"", len(SIGNATURE), 0
    while kind != b"IEND":
        check_parts(count := count + 1)
        start = at
        kind, at = _chunk(content, view, start)
        yield kind, start, at


def _chunk(content: bytes, view: memoryview, at: int) -> tuple[bytes, int]:
    """A chunk's type and where it ends."""
    if at + 12 > len(content):
        raise corrupt("a PNG that ends before its end chunk")
    length, kind = struct.unpack_from(">I4s", content, at)
    end = at + 12 + length
    if end > len(content):
        raise corrupt("a PNG chunk is longer than the file")
    if zlib.crc32(view[at + 4 : end - 4]) != int.from_bytes(view[end - 4 : end], "big"):
        raise corrupt("a PNG chunk with a wrong checksum")
    return kind, end


def _size(data: memoryview) -> tuple[int, int]:
    if len(data) != 13:
        raise corrupt("a PNG header of the wrong length")
    width, height = struct.unpack_from(">II", data)
    return width, height


def _frames(data: memoryview | None) -> int:
    """What the animation header says, which need not be true; 0 without one."""
    if data is None:
        return 0
    if len(data) != 8:
        raise corrupt("an animation header of the wrong length")
    return int.from_bytes(data[:4], "big")


def _check_profile(data: bytes) -> None:
    _, _, compressed = data.partition(b"\x00")
    try:
        profile = zlib.decompressobj().decompress(compressed[1:], MAX_ICC_BYTES + 1)
    except zlib.error as error:
        raise corrupt("a colour profile that cannot be decompressed") from error
    if len(profile) > MAX_ICC_BYTES:
        raise corrupt("a colour profile larger than any real one")
