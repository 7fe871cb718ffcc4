"""WebP (RFC 9649): a walk over its RIFF chunks."""

from __future__ import annotations

import struct

from image_search.images.formats import exif
from image_search.images.formats.picture import Picture, check_parts, corrupt

_PICTURE = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_METADATA = frozenset({b"EXIF", b"XMP "})
_EXIF_FLAG, _XMP_FLAG = 0x08, 0x04


def read(content: bytes) -> Picture:
    """Raises ``CorruptImage``. What follows the RIFF chunk is cut."""
    end = 8 + int.from_bytes(content[4:8], "little")
    if end > len(content):
        raise corrupt("a WebP that is shorter than it says")
    chunks = _chunks(content, 12, end)
    size = _size(*chunks[0])
    if any(kind == b"VP8X" for kind, _ in chunks[1:]):
        raise corrupt("a WebP with a second header")
    _check_frames(chunks, size)
    metadata = {kind: bytes(data) for kind, data in reversed(chunks) if kind in _METADATA}
    block = metadata.get(b"EXIF", b"").removeprefix(b"Exif\x00\x00")
    orientation = exif.orientation(block, metadata.get(b"XMP ", b""))
    frames = sum(kind == b"ANMF" for kind, _ in chunks)
    if frames == 0 and not any(kind in (b"VP8 ", b"VP8L") for kind, _ in chunks):
        raise corrupt("a WebP without an image")
    return Picture(*size, max(1, frames), orientation, _kept(chunks))


def _chunks(content: bytes | memoryview, at: int, end: int) -> list[tuple[bytes, memoryview]]:
    view = memoryview(content)
    chunks = []
    while at + 8 <= end:
        kind, length = struct.unpack_from("<4sI", content, at)
        if at + 8 + length > end:
            raise corrupt("a WebP chunk is longer than the file")
        chunks.append((kind, view[at + 8 : at + 8 + length]))
        check_parts(len(chunks))
        at += 8 + length + length % 2
    if not chunks:
        raise corrupt("a WebP without chunks")
    return chunks


def _check_frames(chunks: list[tuple[bytes, memoryview]], canvas: tuple[int, int]) -> None:
    """Decoders make as many pixels as the coded pictures say, whatever their canvas does."""
    for kind, data in chunks:
        size, image = canvas, (kind, data)
        if kind == b"ANMF":
            size = _u24(data, 6) + 1, _u24(data, 9) + 1
            image = _coded(data[16:])
        if image[0] in (b"VP8 ", b"VP8L") and _size(*image) != size:
            raise corrupt("a WebP whose pictures have another size than it says")
        if size[0] > canvas[0] or size[1] > canvas[1]:
            raise corrupt("a WebP with a frame that is larger than its canvas")


def _coded(frame: memoryview) -> tuple[bytes, memoryview]:
    """The chunk that holds a frame's picture, behind one for its transparency."""
    for kind, data in _chunks(frame, 0, len(frame)):
        if kind in (b"VP8 ", b"VP8L"):
            return kind, data
    raise corrupt("a WebP with a frame without a picture")


def _size(kind: bytes, data: memoryview) -> tuple[int, int]:
    try:
        if kind == b"VP8X" and len(data) >= 10:
            return _u24(data, 4) + 1, _u24(data, 7) + 1
        if kind == b"VP8L" and data[0] == 0x2F:
            (bits,) = struct.unpack_from("<I", data, 1)
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        if kind == b"VP8 " and bytes(data[3:6]) == b"\x9d\x01\x2a":
            width, height = struct.unpack_from("<HH", data, 6)
            return width & 0x3FFF, height & 0x3FFF
    except (IndexError, struct.error) as error:
        raise corrupt("a WebP header that is cut off") from error
    raise corrupt("a WebP that begins with no image header")


def _u24(data: memoryview, at: int) -> int:
    return int.from_bytes(data[at : at + 3], "little")


def _kept(chunks: list[tuple[bytes, memoryview]]) -> tuple[bytes | memoryview, ...]:
    parts: list[bytes | memoryview] = []
    for kind, data in chunks:
        if kind not in _PICTURE:
            continue
        if kind == b"VP8X":
            flags = data[0] & ~(_EXIF_FLAG | _XMP_FLAG)
            data = memoryview(bytes((flags,)) + bytes(data[1:]))
        parts += [struct.pack("<4sI", kind, len(data)), data, b"\x00" * (len(data) % 2)]
    length = 4 + sum(map(len, parts))
    return (b"RIFF" + length.to_bytes(4, "little") + b"WEBP", *parts)
