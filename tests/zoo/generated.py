"""Files of every kind that is taken: by many encoders' options, turned, deep, damaged."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image, ImageCms

from benchmarks.photo import photo
from corpus.cropped_avif import cropped
from pictures import ORIENTATION, STORED, save, turned_scene

SIZE = (360, 240)
_XMP = '<x:xmpmeta><rdf:Description tiff:Orientation="{}"/></x:xmpmeta>'


def generate(folder: Path) -> None:
    for group in (_turned, _xmp, _jpegs, _pngs, _gifs, _webps, _tiffs, _bmps, _cropped, _damaged):
        for name, content in group():
            (folder / name).write_bytes(content)


Files = Iterator[tuple[str, bytes]]


def _photo() -> Image.Image:
    return photo(SIZE)


def _stored(orientation: int) -> Image.Image:
    turn = STORED[orientation]
    return _photo() if turn is None else _photo().transpose(turn)


def _turned() -> Files:
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        stored = _stored(orientation)
        for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
            yield f"turned-{orientation}.{kind.lower()}", save(stored, kind, exif=exif, quality=90)
        tags = {ORIENTATION: orientation}
        yield f"turned-{orientation}.tiff", save(stored, "TIFF", tiffinfo=tags)
        heic = BytesIO()
        pillow_heif.from_pillow(stored).save(heic, exif=exif.tobytes(), quality=90)
        yield f"turned-{orientation}.heic", heic.getvalue()
        block = exif.tobytes().removeprefix(b"Exif\x00\x00")
        plain = save(stored, "PNG")
        late = plain[:-12] + _chunk(b"eXIf", block) + plain[-12:]
        yield f"turned-{orientation}-late-exif.png", late


def _xmp() -> Files:
    for orientation in (1, 3, 6, 7):
        stored, xmp = _stored(orientation), _XMP.format(orientation).encode()
        yield f"xmp-{orientation}.jpg", save(stored, "JPEG", xmp=xmp, quality=90)
        yield f"xmp-{orientation}.webp", save(stored, "WEBP", xmp=xmp, quality=90)
        yield f"xmp-{orientation}.tif", save(stored, "TIFF", tiffinfo={700: xmp})
        plain = save(stored, "PNG")
        text = _chunk(b"iTXt", b"XML:com.adobe.xmp" + bytes(5) + xmp)
        yield f"xmp-{orientation}.png", plain[:33] + text + plain[33:]


def _jpegs() -> Files:
    swapped = _swapped_profile()
    kinds: dict[str, dict[str, object]] = {
        "progressive": {"progressive": True},
        "444": {"subsampling": 0},
        "restarts": {"restart_marker_rows": 1},
        "profile": {"icc_profile": swapped},
        "comment": {"comment": b"at home"},
    }
    for name, options in kinds.items():
        yield f"{name}.jpg", save(_photo(), "JPEG", **options)
    yield "grey.jpg", save(_photo().convert("L"), "JPEG")
    yield "cmyk.jpg", save(_photo().convert("CMYK"), "JPEG")
    yield "large.jpg", save(photo((5000, 3000)), "JPEG", quality=90)
    yield "tiny.jpg", save(_photo().resize((1, 1)), "JPEG")


def _pngs() -> Files:
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        yield f"{mode}.png", save(_photo().convert(mode), "PNG")
    alpha = _photo()
    alpha.putalpha(alpha.convert("L"))
    yield "translucent.png", save(alpha, "PNG")
    yield "palette-with-hole.png", save(_photo().quantize(16), "PNG", transparency=3)
    yield "profile.png", save(_photo(), "PNG", icc_profile=_swapped_profile())
    frames = [_photo().rotate(angle) for angle in (0, 90, 180)]
    yield "animated.png", save(frames[0], "PNG", save_all=True, append_images=frames[1:])
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    for mode in ("1", "P", "LA", "RGBA", "I;16"):
        large = photo((4500, 1500)).convert("L" if mode == "I;16" else mode)
        if mode == "I;16":
            large = _deep(large)
        yield f"large-{mode.replace(';', '')}.png", save(large, "PNG", exif=exif, compress_level=1)
    for size in ((1, 1), (2, 2), (2, 300), (300, 1)):
        yield f"tiny-{size[0]}x{size[1]}.png", save(_photo().resize(size), "PNG", exif=exif)


def _gifs() -> Files:
    frames = [_photo().rotate(angle) for angle in (0, 90, 180)]
    yield "animated.gif", save(frames[0], "GIF", save_all=True, append_images=frames[1:])
    yield "plain.gif", save(_photo().quantize(64), "GIF", interlace=0, comment=b"at home")
    yield "interlaced.gif", save(_photo().quantize(64), "GIF", interlace=1)
    yield "hole.gif", save(_photo().quantize(16), "GIF", transparency=2)


def _webps() -> Files:
    alpha = _photo()
    alpha.putalpha(alpha.convert("L"))
    yield "lossless.webp", save(_photo(), "WEBP", lossless=True)
    yield "translucent.webp", save(alpha, "WEBP")
    frames = [_photo().rotate(angle) for angle in (0, 90, 180)]
    yield "animated.webp", save(frames[0], "WEBP", save_all=True, append_images=frames[1:])


def _tiffs() -> Files:
    for mode in ("1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr", "LAB"):
        yield f"{mode}.tif", save(_photo().convert(mode), "TIFF")
    for compression in ("tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg"):
        yield f"{compression}.tif", save(_photo(), "TIFF", compression=compression)
    yield "group4.tif", save(_photo().convert("1"), "TIFF", compression="group4")
    yield "big.tif", save(_photo(), "TIFF", big_tiff=True)
    yield "pages.tif", save(_photo(), "TIFF", save_all=True, append_images=[_photo().rotate(90)])
    deep = _deep(photo((4500, 1500)).convert("L"))
    yield "16-bit.tif", save(deep, "TIFF")
    yield "16-bit-lzw.tif", save(deep, "TIFF", compression="tiff_lzw")


def _bmps() -> Files:
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        yield f"{mode}.bmp", save(_photo().convert(mode), "BMP")


def _cropped() -> Files:
    for orientation in (1, 3, 6, 7):
        size = (200, 300) if orientation >= 5 else (300, 200)
        yield f"cropped-{orientation}.avif", cropped(turned_scene("AVIF", orientation), *size)


def _damaged() -> Files:
    jpeg, progressive = save(_photo(), "JPEG"), save(_photo(), "JPEG", progressive=True)
    png, gif = save(_photo(), "PNG"), save(_photo().quantize(32), "GIF")
    yield "no-end.jpg", jpeg[:-2]
    yield "no-end-progressive.jpg", progressive[:-2]
    yield "no-end.png", png[:-12]
    yield "no-end.gif", gif[:-1]
    table = jpeg.index(b"\xff\xdb")
    yield "stray.jpg", jpeg[:table] + b"stray" + bytes(9) + jpeg[table:]
    damaged = _chunk(b"tEXt", b"Comment\x00at home")[:-4] + bytes(4)
    yield "damaged-text.png", png[:33] + damaged + png[33:]
    for name, content in {"cut.jpg": jpeg, "cut-progressive.jpg": progressive}.items():
        yield name, content[: len(content) * 9 // 10]


def _deep(grey: Image.Image) -> Image.Image:
    return Image.fromarray(np.asarray(grey, np.uint16) * 257)


def _swapped_profile() -> bytes:
    """sRGB in which red and green have each other's name."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for before, after in ((b"rXYZ", b"-XYZ"), (b"gXYZ", b"rXYZ"), (b"-XYZ", b"gXYZ")):
        srgb = srgb.replace(before, after, 1)
    return srgb


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
