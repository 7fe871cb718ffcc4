"""PNGs that break their rules or unpack without end, each in one way."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from corpus.bad_image import BY_UPSTREAM, CORRUPT, OUT_OF_BOUNDS, BadImage
from corpus.whole import whole_pictures

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_SIDEWAYS = b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00"
_FRAME = struct.pack(">IIIIIHHBB", 0, 1, 1, 0, 0, 1, 10, 0, 0)


def bad_pngs() -> Iterator[BadImage]:
    yield from _out_of_bounds()
    yield from _bombs()
    yield from _broken()


def _out_of_bounds() -> Iterator[BadImage]:
    sizes = ((1, 65_535), (65_535, 1), (50_000, 50_000), (2**31 - 1, 2**31 - 1), (0, 9))
    for width, height in sizes:
        content = _png(_header(width, height), _chunk(b"IDAT", b""))
        yield BadImage(f"PNG of {width} x {height}", content, OUT_OF_BOUNDS, "image/png")
    frames = _chunk(b"fcTL", _FRAME) * 10_000
    one, many = (_chunk(b"acTL", struct.pack(">II", n, 0)) for n in (1, 10_000))
    for name, parts in {
        "APNG of 10,000 frames": (many, frames),
        "APNG that says 10,000 frames": (many,),
        "APNG of 10,000 frames that says 1": (one, frames),
    }.items():
        yield BadImage(name, _png(_header(1, 1), *parts, _pixel()), OUT_OF_BOUNDS)


def _bombs() -> Iterator[BadImage]:
    yield BadImage(
        "PNG of 50,000 x 50,000, its pixels there",
        _png(_header(50_000, 50_000, depth=1), _chunk(b"IDAT", _zeros(312_550_000))),
        OUT_OF_BOUNDS,
    )
    profile = b"p\x00\x00"
    big = profile + _zeros(300_000_000)
    inner = zlib.compress(bytes(10_000_000), 9)
    nested = profile + zlib.compress(inner * 1000, 9)
    small = profile + zlib.compress(b"x" * 100)
    claim = struct.pack(">I4s", 0xFFFF_FFF0, b"iCCP") + profile
    for name, parts in {
        "colour profile of 300 MB": (_chunk(b"iCCP", big),),
        "colour profile of compressed bombs": (_chunk(b"iCCP", nested),),
        "a bomb before the colour profile": (_chunk(b"iCCP", big), _chunk(b"iCCP", small)),
        "a bomb after the colour profile": (_chunk(b"iCCP", small), _chunk(b"iCCP", big)),
        "colour profile that says 4 GB": (claim,),
        "1,500,000 chunks": (_chunk(b"tEXt", b"") * 1_500_000,),
    }.items():
        yield BadImage(f"PNG, {name}", _png(_header(1, 1), *parts, _pixel()), CORRUPT)


def _broken() -> Iterator[BadImage]:
    whole = whole_pictures()["picture.png"]
    header, pixel, end = _header(1, 1), _pixel(), _chunk(b"IEND", b"")
    garbage = _chunk(b"IDAT", b"garbage")
    turned = _chunk(b"eXIf", _SIDEWAYS)
    for name, content in {
        "no header": _png(pixel),
        "header after the pixels": _png(pixel, header),
        "two headers": _png(header, header, pixel),
        "short header": _png(_chunk(b"IHDR", bytes(12)), pixel),
        "no pixels": _png(header),
        "cut before its first pixel": _SIGNATURE + header + pixel[:9],
        "nothing but the end": _SIGNATURE + end,
        "short animation header": _png(header, _chunk(b"acTL", b""), pixel),
        "chunk that says 4 GB": _SIGNATURE + header + b"\xff\xff\xff\xffIDAT" + whole,
        "line ends changed": whole.replace(b"IHDR", b"IHDr"),
        "pixels of garbage, turned": _png(header, turned, garbage),
    }.items():
        yield BadImage(f"PNG, {name}", content, CORRUPT, "image/png")
    yield BadImage("PNG, pixels of garbage", _png(header, garbage), BY_UPSTREAM)
    yield BadImage("PNG, 3 bits deep", _png(_header(1, 1, depth=3), pixel), BY_UPSTREAM)


def _png(*chunks: bytes) -> bytes:
    return _SIGNATURE + b"".join(chunks) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


def _header(width: int, height: int, depth: int = 8) -> bytes:
    return _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0))


def _pixel() -> bytes:
    return _chunk(b"IDAT", zlib.compress(b"\x00\x00"))


def _zeros(size: int) -> bytes:
    """So many zeros, compressed, without ever holding them."""
    deflate, block = zlib.compressobj(1), bytes(1_000_000)
    parts = [deflate.compress(block) for _ in range(size // len(block))]
    return b"".join((*parts, deflate.compress(bytes(size % len(block))), deflate.flush()))
