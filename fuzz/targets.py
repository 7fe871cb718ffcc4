"""What is fuzzed, and what must hold for any bytes: only ``CorruptImage`` may be raised, and a
cleaned file is read again, says the same and stays as it is."""

from __future__ import annotations

import contextlib
import struct
import zlib
from collections.abc import Callable
from types import ModuleType

from image_search.errors import CorruptImage
from image_search.images.formats import bmp, exif, gif, jpeg, png, tiff, webp
from image_search.images.formats.heif import av1, hevc
from image_search.images.formats.heif import reader as heif
from image_search.images.formats.heif.boxes import Parts
from image_search.images.media_type import sniff

_PNG_CHUNK_BYTES = 12


def _cleaning(module: ModuleType, signature: bytes) -> Callable[[bytes], None]:
    """``signature``: what ``sniff`` has seen before a module is asked to read a file."""

    def target(data: bytes) -> None:
        _clean(module, data)
        _clean(module, signature + data[len(signature) :])

    return target


def _clean(module: ModuleType, content: bytes) -> None:
    try:
        picture = module.read(content)
    except CorruptImage:
        return
    clean = picture.clean()
    again = module.read(clean)
    if again.clean() != clean:
        raise AssertionError("cleaning a clean file changes it")
    size = (picture.width, picture.height, picture.frames)
    if (again.width, again.height, again.frames) != size:
        raise AssertionError("cleaning changes what the picture is")
    if again.orientation != exif.UPRIGHT:
        raise AssertionError("cleaning leaves an orientation behind")


def _png_with_right_checksums(data: bytes) -> None:
    """A fuzzer would never guess them."""
    content, at = bytearray(png.SIGNATURE + data[len(png.SIGNATURE) :]), len(png.SIGNATURE)
    while at + _PNG_CHUNK_BYTES <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        end = at + _PNG_CHUNK_BYTES + length
        if end > len(content):
            break
        content[end - 4 : end] = zlib.crc32(content[at + 4 : end - 4]).to_bytes(4, "big")
        at = end
    _clean(png, bytes(content))


def _orientation(data: bytes) -> None:
    for block in (data, b"II*\x00" + data[4:], b"MM\x00*" + data[4:]):
        if not 1 <= exif.orientation(block) <= 8:
            raise AssertionError("no such orientation")


def _tiff_directory(data: bytes) -> None:
    for block in (b"II*\x00" + data[4:], b"MM\x00*" + data[4:]):
        with contextlib.suppress(CorruptImage):
            tiff.read(block)


def _heif_boxes(data: bytes) -> None:
    for block in (data, data[:4] + b"ftyp" + data[8:]):
        with contextlib.suppress(CorruptImage):
            heif.read_avif(block)


def _coded_headers(data: bytes) -> None:
    """What HEIC and AVIF hold; the first byte says how much of it is configuration."""
    config, rest = data[1 : data[0] + 1] if data else b"", data[1:]
    for size_of in (av1.size_of, hevc.size_of):
        with contextlib.suppress(CorruptImage):
            size_of(config, rest, Parts())


def _bmp_header(data: bytes) -> None:
    with contextlib.suppress(CorruptImage):
        bmp.read(data)


def _sniff(data: bytes) -> None:
    sniff(data)
    sniff(data[:4] + b"ftyp" + data[8:])


TARGETS: dict[str, Callable[[bytes], None]] = {
    "jpeg": _cleaning(jpeg, b"\xff\xd8\xff"),
    "png": _cleaning(png, png.SIGNATURE),
    "png-checksums": _png_with_right_checksums,
    "gif": _cleaning(gif, b"GIF89a"),
    "webp": _cleaning(webp, b"RIFF\x00\x00\x00\x00WEBP"),
    "tiff": _tiff_directory,
    "bmp": _bmp_header,
    "heif": _heif_boxes,
    "heif-coded": _coded_headers,
    "exif": _orientation,
    "sniff": _sniff,
}
