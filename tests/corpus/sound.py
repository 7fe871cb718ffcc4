"""Sound pictures of every kind that is taken, as large as phones make them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from PIL import Image

from benchmarks.photo import photo
from corpus.heif_encoder import heic
from pictures import save

SIZE, LARGE = (4032, 3024), (8064, 6048)
# Or 48 megapixels take a minute to encode; to decode, they take the same.
_FAST = {"enc_params": {"preset": "ultrafast"}}

# By name: media type, and what makes it of a photo.
KINDS: dict[str, tuple[str, Callable[[Image.Image], bytes]]] = {
    "JPEG": ("image/jpeg", lambda p: save(p, "JPEG", quality=88)),
    "progressive JPEG": ("image/jpeg", lambda p: save(p, "JPEG", quality=88, progressive=True)),
    "JPEG 4:4:4": (
        "image/jpeg",
        lambda p: save(p, "JPEG", quality=88, progressive=True, subsampling=0),
    ),
    "CMYK JPEG": ("image/jpeg", lambda p: save(p.convert("CMYK"), "JPEG", progressive=True)),
    "PNG": ("image/png", lambda p: save(p, "PNG", compress_level=1)),
    "PNG with alpha": ("image/png", lambda p: save(_translucent(p), "PNG", compress_level=1)),
    "GIF": ("image/gif", lambda p: save(p.quantize(64, method=2), "GIF", transparency=3)),
    "WebP": ("image/webp", lambda p: save(p, "WEBP", method=0)),
    "lossless WebP": (
        "image/webp",
        lambda p: save(_translucent(p), "WEBP", lossless=True, method=0, quality=0),
    ),
    "WebP with alpha": ("image/webp", lambda p: save(_translucent(p), "WEBP", method=0)),
    "TIFF": ("image/tiff", lambda p: save(p, "TIFF", compression="jpeg")),
    "TIFF, LZW": ("image/tiff", lambda p: save(p.convert("L"), "TIFF", compression="tiff_lzw")),
    "BMP": ("image/bmp", lambda p: save(p.quantize(64, method=2), "BMP")),
    "AVIF": ("image/avif", lambda p: save(p, "AVIF", quality=60, speed=10)),
    "AVIF with alpha": (
        "image/avif",
        lambda p: save(_translucent(p), "AVIF", quality=60, speed=10, subsampling="4:4:4"),
    ),
    "HEIC": ("image/heic", lambda p: heic(p, quality=60, **_FAST)),
    "HEIC with alpha": ("image/heic", lambda p: heic(_translucent(p), quality=60, **_FAST)),
}


@cache
def sound(kind: str, size: tuple[int, int] = SIZE) -> bytes:
    return KINDS[kind][1](_photo(size))


@cache
def _photo(size: tuple[int, int]) -> Image.Image:
    return photo(size)


def _translucent(picture: Image.Image) -> Image.Image:
    picture = picture.copy()
    picture.putalpha(picture.convert("L"))
    return picture
