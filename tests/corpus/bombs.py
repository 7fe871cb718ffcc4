"""Images that are made to take more than they are worth: `make corpus` measures each.

Files whose headers have too many pixels, or lie to one reader or the other; small files of many
pixels within the limits; and pictures of usual size that break off while they are decoded.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial

from PIL import Image

from corpus import lying_heif
from corpus.heif_encoder import heic
from corpus.sound import KINDS, sound
from pictures import save

# Within `MaxImagePixels`: 49 megapixels. Beyond it: 54, and what HEIC and AVIF say instead.
_SIDE = 7_000
_BEYOND = (9_000, 6_000)
_STATED = (64, 64)


@dataclass(frozen=True)
class Bomb:
    """``like``: the kind of the sound picture of 12 megapixels that its refusal is compared with.

    ``by_header``: whether no codec may see it.
    """

    name: str
    media_type: str
    make: Callable[[], bytes] = field(repr=False)
    by_header: bool = False
    like: str | None = None


def bombs() -> Iterator[Bomb]:
    for media_type, by_header in _BY_HEADER.items():
        for name, make in by_header().items():
            yield Bomb(f"{media_type[6:].upper()}, {name}", media_type, make, by_header=True)
    for media_type, small in _SMALL.items():
        for name, make in small().items():
            yield Bomb(f"{media_type[6:].upper()}, {name}", media_type, make)
    for kind, (media_type, _) in KINDS.items():
        for name, change in _DAMAGE.items():
            make = partial(_damaged, kind, change)
            yield Bomb(f"{kind}, {name}", media_type, make, like=kind)


# What comes before is decoded for nothing.
_DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "its last part missing": lambda content: content[: len(content) * 9 // 10],
    "its last part zeros": lambda content: _with_end(content, b"\x00"),
    "its last part garbage": lambda content: _with_end(content, b"\xa7\x5b\x11"),
}


def _damaged(kind: str, change: Callable[[bytes], bytes]) -> bytes:
    return change(sound(kind))


def _with_end(content: bytes, garbage: bytes) -> bytes:
    """A tenth of the file replaced, but for what closes it."""
    start, end = len(content) * 9 // 10, len(content) - 16
    replaced = (garbage * (end - start))[: end - start]
    return content[:start] + replaced + content[end:]


Made = dict[str, Callable[[], bytes]]


def _jpegs() -> Made:
    return {
        "65,500 a side": lambda: _resized_jpeg(_flat("JPEG"), 65_500, 65_500),
        "9,000 x 6,000": lambda: _flat("JPEG", size=_BEYOND),
        "1,000 scans": lambda: _scans(1_000),
        "a second frame": lambda: _two_frames(),
    }


def _small_jpegs() -> Made:
    return {
        "49 megapixels of nothing": lambda: _resized_jpeg(_flat("JPEG"), _SIDE, _SIDE),
        "49 megapixels, progressive": lambda: _flat("JPEG", progressive=True, subsampling=0),
        "49 megapixels of progressive CMYK": lambda: _flat("JPEG", "CMYK", progressive=True),
        "49 megapixels of progressive CMYK, without an end": lambda: _flat(
            "JPEG", "CMYK", progressive=True
        )[:-2],
        "a scan of 19 MB without an end": lambda: (
            save(Image.new("RGB", (64, 64)), "JPEG")[:-2] + b"\xff\x00" * 9_500_000
        ),
        "49 megapixels, 4 x 4 luma": lambda: _flat("JPEG", progressive=True, subsampling=2),
        "80 scans of 12 megapixels": lambda: _scans(80),
    }


def _pngs() -> Made:
    return {
        "50,000 a side": lambda: _png(50_000, 50_000, 8, 2, b""),
        "9,000 x 6,000 of RGBA": lambda: _png(9_000, 6_000, 16, 6, b""),
        "a profile of 1 GB": lambda: _png(8, 8, 8, 2, b"", _profile(1_000_000_000)),
    }


def _small_pngs() -> Made:
    return {
        "49 megapixels of RGBA": lambda: _png(_SIDE, _SIDE, 8, 6, _zeros(_SIDE * (4 * _SIDE + 1))),
        "49 megapixels of 16 bits": lambda: _png(
            _SIDE, _SIDE, 16, 6, _zeros(_SIDE * (8 * _SIDE + 1))
        ),
        "49 megapixels of grey, 16 bits": lambda: _png(
            _SIDE, _SIDE, 16, 0, _zeros(_SIDE * (2 * _SIDE + 1))
        ),
        "49 megapixels of two colours, one transparent": lambda: _flat("PNG", "P", transparency=0),
        "49 megapixels, interlaced": lambda: _png(
            _SIDE, _SIDE, 8, 6, _zeros(2 * _SIDE * (4 * _SIDE + 1)), interlaced=1
        ),
        "1 GB of pixels for 12 megapixels": lambda: _png(4032, 3024, 8, 2, _zeros(1_000_000_000)),
        "49 megapixels that are not there": lambda: _png(_SIDE, _SIDE, 8, 6, _zeros(1_000)),
    }


def _gifs() -> Made:
    return {
        "65,535 a side": lambda: _gif((65_535, 65_535), (1, 1)),
        "a frame of 9,000 x 6,000 on a screen of 1": lambda: _gif((1, 1), _BEYOND),
        "10,000 frames": lambda: _gif((1, 1), (1, 1), 10_000),
    }


def _small_gifs() -> Made:
    return {
        "49 megapixels of nothing": lambda: _gif((_SIDE, _SIDE), (_SIDE, _SIDE)),
        "49 megapixels, transparent": lambda: _flat("GIF", "P", transparency=0),
        "500 frames of 49 megapixels": lambda: _gif((_SIDE, _SIDE), (_SIDE, _SIDE), 500),
        "a pixel on a screen of 49 megapixels": lambda: _gif((_SIDE, _SIDE), (1, 1)),
    }


def _webps() -> Made:
    return {
        "16,384 a side": lambda: _webp(_lossless(16_384, 16_384)),
        "49.6 megapixels in 90 bytes": lambda: _webp(_lossless(7_043, 7_043)),
        "lossy, 16,383 a side": lambda: _webp(_lossy(16_383, 16_383)),
        "a canvas of 64 for 16,384": lambda: _webp(_canvas(64, 64), _lossless(16_384, 16_384)),
        "a canvas of 16,384 for 64": lambda: _webp(_canvas(16_384, 16_384), _lossless(64, 64)),
        "a frame of 16,384 on 64": lambda: _webp(
            _canvas(64, 64, 2), _frame(64, 64, _lossless(16_384, 16_384))
        ),
        "a frame larger than its canvas": lambda: _webp(
            _canvas(64, 64, 2), _frame(16_384, 16_384, _lossless(16_384, 16_384))
        ),
        "49 megapixels, a frame of one": lambda: _webp(
            _canvas(_SIDE, _SIDE, 2), _frame(1, 1, _lossless(1, 1))
        ),
    }


def _small_webps() -> Made:
    return {
        "29 megapixels of nothing": lambda: _webp(_lossless(5_400, 5_400)),
        "29 megapixels, lossy": lambda: _flat("WEBP", size=(5_400, 5_400), method=0),
        "29 megapixels, 400 frames": lambda: _webp(
            _canvas(5_400, 5_400, 2), *[_frame(1, 1, _lossless(1, 1))] * 400
        ),
    }


def _tiffs() -> Made:
    return {
        "50,000 a side": lambda: _tiff(50_000, 50_000, 1, b""),
        "9,000 x 6,000 of bits": lambda: _flat("TIFF", "1", size=_BEYOND, compression="group4"),
        "4 billion strips": lambda: _tiff(_SIDE, _SIDE, 1, b"", strips=2**32 - 1),
    }


def _small_tiffs() -> Made:
    return {
        "49 megapixels, deflated": lambda: _flat("TIFF", compression="tiff_adobe_deflate"),
        "49 megapixels of RGBA, LZW": lambda: _flat("TIFF", "RGBA", compression="tiff_lzw"),
        "49 megapixels of numbers": lambda: _flat("TIFF", "F", compression="tiff_lzw"),
        "49 megapixels of CMYK": lambda: _flat("TIFF", "CMYK", compression="tiff_lzw"),
        "49 megapixels of bits": lambda: _flat("TIFF", "1", compression="group4"),
        "1 GB of pixels for 12 megapixels": lambda: _tiff(4032, 3024, 8, _zeros(1_000_000_000)),
        "49 megapixels that are not there": lambda: _tiff(_SIDE, _SIDE, 1, b""),
        "12 megapixels, inside a JPEG of 65,500": lambda: _lying_jpeg_tiff(),
    }


def _bmps() -> Made:
    return {
        "50,000 a side": lambda: _bmp(50_000, 50_000, 24, b""),
        "9,000 x 6,000 upside down": lambda: _bmp(9_000, -6_000, 1, b""),
    }


def _small_bmps() -> Made:
    return {
        "49 megapixels of bits": lambda: _bmp(_SIDE, _SIDE, 1, bytes(_SIDE * 876 + 8)),
        "49 megapixels that are not there": lambda: _bmp(_SIDE, _SIDE, 32, b""),
    }


def _heics() -> Made:
    return {
        "65,535 a side": lambda: lying_heif.stated(_whole_heic(), (65_535, 65_535)),
        "64 x 64, decoding to 54 megapixels": lambda: lying_heif.stated(_large_heic(), _STATED),
        "a grid of 10,000 tiles for 64 x 64": lambda: _grid(100, _STATED),
        "a grid of 50,000 a side": lambda: _grid(98, (50_000, 50_000)),
        "a tile of 54 megapixels for 512 x 512": lambda: _lying_grid(),
    }


def _small_heics() -> Made:
    return {
        "49 megapixels of nothing": lambda: heic(Image.new("RGB", (_SIDE, _SIDE)), quality=10),
        "a grid of 48 megapixels of one tile": lambda: _grid(13, (6_656, 6_656)),
        "48 megapixels for 64 x 64 tiles": lambda: lying_heif.stated(_whole_heic(), (_SIDE, _SIDE)),
    }


def _avifs() -> Made:
    return {
        "65,535 a side": lambda: lying_heif.stated(_flat("AVIF", size=_STATED), (65_535, 65_535)),
        "64 x 64, decoding to 54 megapixels": lambda: lying_heif.stated(_large_avif(), _STATED),
        "the same, its size in the data alone": lambda: lying_heif.without_configuration(
            lying_heif.stated(_large_avif(), _STATED)
        ),
        "an animation of 64 x 64, decoding to 54 megapixels": lambda: lying_heif.track_stated(
            _animated_avif(), _STATED
        ),
        "49 megapixels with alpha": lambda: _flat("AVIF", "RGBA", speed=10),
    }


def _small_avifs() -> Made:
    size = (5_900, 5_900)
    return {
        "35 megapixels of nothing": lambda: _flat("AVIF", size=size, speed=10),
        "35 megapixels with alpha": lambda: _flat("AVIF", "RGBA", size=size, speed=10),
        "35 megapixels stated for 64 x 64": lambda: lying_heif.stated(
            _flat("AVIF", size=_STATED), size
        ),
    }


_BY_HEADER = {
    "image/jpeg": _jpegs,
    "image/png": _pngs,
    "image/gif": _gifs,
    "image/webp": _webps,
    "image/tiff": _tiffs,
    "image/bmp": _bmps,
    "image/heic": _heics,
    "image/avif": _avifs,
}
_SMALL = {
    "image/jpeg": _small_jpegs,
    "image/png": _small_pngs,
    "image/gif": _small_gifs,
    "image/webp": _small_webps,
    "image/tiff": _small_tiffs,
    "image/bmp": _small_bmps,
    "image/heic": _small_heics,
    "image/avif": _small_avifs,
}


@cache
def _flat(
    format_name: str, mode: str = "RGB", size: tuple[int, int] = (_SIDE, _SIDE), **options: object
) -> bytes:
    """One colour, which every format stores in few bytes."""
    return save(Image.new(mode, size), format_name, **options)


@cache
def _whole_heic() -> bytes:
    return heic(Image.new("RGB", (512, 512), "red"), quality=50)


@cache
def _large_heic() -> bytes:
    return heic(Image.new("RGB", _BEYOND), quality=10)


@cache
def _large_avif() -> bytes:
    return _flat("AVIF", size=_BEYOND, speed=10, quality=30)


@cache
def _animated_avif() -> bytes:
    picture = Image.new("RGB", _BEYOND)
    return save(picture, "AVIF", speed=10, quality=30, save_all=True, append_images=[picture])


def _grid(side: int, size: tuple[int, int]) -> bytes:
    tile, config = lying_heif.tile_of(_whole_heic())
    return lying_heif.grid(tile, config, (512, 512), side, side, size)


def _lying_grid() -> bytes:
    tile, config = lying_heif.tile_of(_large_heic())
    return lying_heif.grid(tile, config, (256, 256), 2, 2, (512, 512))


def _resized_jpeg(content: bytes, width: int, height: int) -> bytes:
    at = content.index(b"\xff\xc0") + 5
    return content[:at] + struct.pack(">HH", height, width) + content[at + 4 :]


def _two_frames() -> bytes:
    content = _flat("JPEG", size=_STATED)
    at = content.index(b"\xff\xc0")
    frame = content[at : at + 19]
    return content[:at] + frame + _resized_jpeg(frame, 65_500, 65_500) + content[at + 19 :]


def _scans(count: int) -> bytes:
    content = sound("progressive JPEG")
    last = content[content.rindex(b"\xff\xda") : -2]
    return content[:-2] + last[:2_000] * count + b"\xff\xd9"


def _png(
    width: int,
    height: int,
    depth: int,
    colours: int,
    pixels: bytes,
    profile: bytes | None = None,
    interlaced: int = 0,
) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colours, 0, 0, interlaced)
    chunks = [(b"IHDR", header), (b"IDAT", pixels), (b"IEND", b"")]
    if profile is not None:
        chunks.insert(1, (b"iCCP", profile))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(kind, data) for kind, data in chunks)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")


def _profile(size: int) -> bytes:
    return b"profile\x00\x00" + _zeros(size)


@cache
def _zeros(size: int) -> bytes:
    """So many zeros, compressed, without ever holding them."""
    deflate, block = zlib.compressobj(9), bytes(1_000_000)
    parts = [deflate.compress(block) for _ in range(size // len(block))]
    return b"".join((*parts, deflate.compress(bytes(size % len(block))), deflate.flush()))


def _gif(screen: tuple[int, int], frame: tuple[int, int], frames: int = 1) -> bytes:
    header = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x80, 0, 0) + b"\x00\x00\x00\xff\xff\xff"
    picture = struct.pack("<BHHHHB", 0x2C, 0, 0, *frame, 0) + b"\x02\x02\x44\x01\x00"
    return header + picture * frames + b";"


def _webp(*chunks: bytes) -> bytes:
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _webp_chunk(kind: bytes, data: bytes) -> bytes:
    return kind + len(data).to_bytes(4, "little") + data + b"\x00" * (len(data) % 2)


def _canvas(width: int, height: int, flags: int = 0) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    animation = _webp_chunk(b"ANIM", bytes(6)) if flags else b""
    return _webp_chunk(b"VP8X", bytes([flags, 0, 0, 0]) + sides) + animation


def _frame(width: int, height: int, picture: bytes) -> bytes:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _webp_chunk(b"ANMF", bytes(6) + sides + bytes(4) + picture)


def _lossless(width: int, height: int) -> bytes:
    """A picture of one colour, in as many bytes as its header and five one-colour tables take."""
    whole = save(Image.new("RGBA", (64, 64)), "WEBP", lossless=True, exact=True)
    data = whole[whole.index(b"VP8L") + 8 :]
    (bits,) = struct.unpack_from("<I", data, 1)
    bits = bits & ~0x0FFFFFFF | (width - 1) | (height - 1) << 14
    return _webp_chunk(b"VP8L", data[:1] + struct.pack("<I", bits) + data[5:])


def _lossy(width: int, height: int) -> bytes:
    whole = save(Image.new("RGB", (64, 64)), "WEBP")
    data = whole[whole.index(b"VP8 ") + 8 :]
    return _webp_chunk(b"VP8 ", data[:6] + struct.pack("<HH", width, height) + data[10:])


def _tiff(
    width: int, height: int, compression: int, pixels: bytes, strips: int = 1, kind: int = 2
) -> bytes:
    """RGB, in one strip that follows its directory."""
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, 8),
        (259, 3, 1, compression),
        (262, 3, 1, kind),
        (273, 4, strips, 8 + 2 + 9 * 12 + 4),
        (277, 3, 1, 3),
        (278, 4, 1, height),
        (279, 4, 1, len(pixels)),
    ]
    directory = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\x00\x08\x00\x00\x00" + struct.pack("<H", 9) + directory + bytes(4) + pixels


def _lying_jpeg_tiff() -> bytes:
    inside = _resized_jpeg(_flat("JPEG", size=_STATED), 65_500, 65_500)
    return _tiff(4032, 3024, 7, inside, kind=6)


def _bmp(width: int, height: int, bits: int, pixels: bytes) -> bytes:
    palette = b"\x00\x00\x00\x00\xff\xff\xff\x00" if bits == 1 else b""
    sizes = struct.pack("<IiiHHII", 40, width, height, 1, bits, 0, 0) + bytes(16)
    offset = 54 + len(palette)
    return b"BM" + struct.pack("<IHHI", offset, 0, 0, offset) + sizes + palette + pixels
