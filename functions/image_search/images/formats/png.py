"""PNG (W3C PNG, third edition): a walk over its chunks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from image_search.images.formats import exif
from image_search.images.formats.picture import Picture, check_parts, corrupt

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MAX_ICC_BYTES = 4_000_000
"""No real colour profile is larger; a compressed one may claim to be gigabytes."""

_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
_PICTURE = _ANIMATION | {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"),
    *(b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB", b"cICP"),
}
_ANCILLARY = 0x20
"""The bit of a kind's first letter that says that decoders can do without the chunk."""
_MOST_LENGTH = (1 << 31) - 1
_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_MOST_KEYWORD = 80
_MOST_TEXT = 1_000_000
_XMP, _RAW_EXIF = b"XML:com.adobe.xmp", b"Raw profile type exif"


class _Chunk(NamedTuple):
    kind: bytes
    data: memoryview
    whole: bytes | memoryview


def read(content: bytes) -> Picture:
    """Raises ``CorruptImage``, also when the checksum of a chunk that a picture needs is wrong.

    Others of a wrong checksum are left out, as decoders do. A file that ends in its image data,
    or behind it, is incomplete, and gets an end; of an animation, the first frame is left.
    """
    walk = _Walk(content)
    chunks = list(walk)
    kinds = [chunk.kind for chunk in chunks]
    if kinds[0] != b"IHDR" or kinds.count(b"IHDR") > 1 or b"IDAT" not in kinds:
        raise corrupt("a PNG without one header, first, and image data")
    if kinds.count(b"iCCP") > 1:
        raise corrupt("a PNG with a second colour profile")
    data = {chunk.kind: chunk.data for chunk in chunks}
    kept = set(_PICTURE)
    if walk.incomplete or walk.damaged & _ANIMATION:
        kept -= _ANIMATION
    if b"iCCP" in data and not _is_profile(bytes(data[b"iCCP"])):
        kept.discard(b"iCCP")
    return Picture(
        *_size(data[b"IHDR"]),
        max(1, _frames(data.get(b"acTL")), kinds.count(b"fcTL")),
        _orientation(chunks, data),
        (content[:8], *(chunk.whole for chunk in chunks if chunk.kind in kept)),
        incomplete=walk.incomplete,
    )


class _Walk:
    """The chunks up to the end chunk; what follows is cut.

    ``damaged``: kinds of chunks that were left out.
    """

    def __init__(self, content: bytes) -> None:
        self._view = memoryview(content)
        self.incomplete = False
        self.damaged: set[bytes] = set()

    def __iter__(self) -> Iterator[_Chunk]:
        view, at, count = self._view, len(SIGNATURE), 0
        while at + 8 <= len(view):
            check_parts(count := count + 1)
            length, kind = struct.unpack_from(">I4s", view, at)
            start, at = at, at + 12 + length
            if length > _MOST_LENGTH:
                raise corrupt("a PNG chunk of more than 2 GB")
            if at > len(view):
                break
            if self._is_sound(kind, view[start:at]):
                yield _Chunk(kind, view[start + 8 : at - 4], view[start:at])
            if kind == b"IEND":
                return
        else:
            kind, length, start = b"", 0, at
        self.incomplete = True
        if kind == b"IDAT":
            yield _made(kind, view[start + 8 : start + 8 + length])
        yield _made(b"IEND", view[:0])

    def _is_sound(self, kind: bytes, chunk: memoryview) -> bool:
        """Raises ``CorruptImage`` for a chunk that no picture is without."""
        if zlib.crc32(chunk[4:-4]) == int.from_bytes(chunk[-4:], "big"):
            return True
        if kind[0] & _ANCILLARY == 0:
            raise corrupt("a PNG chunk with a wrong checksum")
        self.damaged.add(kind)
        return False


def _made(kind: bytes, data: memoryview) -> _Chunk:
    body = kind + data
    whole = len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")
    return _Chunk(kind, data, whole)


def _orientation(chunks: list[_Chunk], data: dict[bytes, memoryview]) -> int:
    """By EXIF wherever it is, as ImageMagick writes it too, or by XMP; of several, by the last."""
    texts = {}
    for kind, content, _ in chunks:
        if kind in _TEXTS:
            keyword = bytes(content[:_MOST_KEYWORD]).partition(b"\x00")[0]
            texts[keyword] = kind, content[len(keyword) + 1 :]
    block = bytes(data.get(b"eXIf", b""))
    if b"eXIf" not in data and _RAW_EXIF in texts:
        block = _from_hexadecimal(_text(*texts[_RAW_EXIF]))
    return exif.orientation(block, _text(*texts[_XMP]) if _XMP in texts else b"")


def _text(kind: bytes, data: memoryview) -> bytes:
    """What follows the keyword, decompressed where need be; empty where that is broken."""
    content = bytes(data)
    compressed = kind == b"zTXt"
    if kind == b"iTXt":
        compressed = content[:1] == b"\x01"
        content = content[:2] + content[2:].split(b"\x00", 2)[-1]
    if kind != b"tEXt":
        content = content[1 if kind == b"zTXt" else 2 :]
    try:
        return zlib.decompressobj().decompress(content, _MOST_TEXT) if compressed else content
    except zlib.error:
        return b""


def _from_hexadecimal(text: bytes) -> bytes:
    """A name, a length and lines of digits, as ImageMagick writes profiles."""
    digits = b"".join(text.split(b"\n", 3)[-1].split())
    try:
        return bytes.fromhex(digits.decode("ascii")).removeprefix(b"Exif\x00\x00")
    except ValueError:
        return b""


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


def _is_profile(data: bytes) -> bool:
    """Raises ``CorruptImage`` for one that unpacks without end."""
    _, _, compressed = data.partition(b"\x00")
    try:
        profile = zlib.decompressobj().decompress(compressed[1:], MAX_ICC_BYTES + 1)
    except zlib.error:
        return False
    if len(profile) > MAX_ICC_BYTES:
        raise corrupt("a colour profile larger than any real one")
    return True
