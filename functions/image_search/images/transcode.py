"""Decodes an image once and makes an upright JPEG of it, small enough for upstream.

The only module that needs codecs. They are in a layer of their own and loaded on first use, as
most images never need them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from image_search.errors import CorruptImage, ImageDimensionsExceeded
from image_search.images.formats import exif

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels
    from PIL.Image import Resampling

Size = tuple[int, int]

_QUALITY = 88
# The share of the longest side allowed from which a picture is not scaled once more to be exact:
# decoding a phone's 12 megapixels to half, 2016 pixels, costs a third of decoding and scaling them
# to 2048.
_NEAR = 0.9
_DEEP = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I", "F"})
# From this EXIF orientation on, width and height change places (EXIF 2.32 §4.6.4).
_SIDEWAYS = 5
_PILLOW_FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/tiff": "TIFF",
    "image/bmp": "BMP",
    "image/avif": "AVIF",
    "image/heic": "HEIF",
}


@dataclass(frozen=True)
class Transcoded:
    """An upright JPEG. ``displayed``: width and height of the original as a phone shows it."""

    content: bytes = field(repr=False)
    size: Size
    displayed: Size


def transcode(content: bytes, media_type: str, max_side: int, max_pixels: int) -> Transcoded:
    """Of an animation, the first frame.

    Raises ``CorruptImage`` for what the codecs cannot read, and ``ImageDimensionsExceeded`` for
    what has more than ``max_pixels``, as the codec sees it, or needs more memory than there is.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # `max_pixels` is stricter, and its error is one of ours
    if media_type == "image/heic":
        _register_heif()
    with _translated():
        source = Image.open(BytesIO(content), formats=[_PILLOW_FORMATS[media_type]])
    with source:
        width, height = source.size
        if width * height > max_pixels:
            raise ImageDimensionsExceeded(detail=f"{width} x {height} as decoded")
        with _translated():
            return _render(source, max_side, _orientation(source))


@contextmanager
def _translated() -> Iterator[None]:
    """Codecs raise errors of many kinds on hostile bytes, and all mean the same."""
    try:
        yield
    except MemoryError as error:
        raise ImageDimensionsExceeded(
            "The image takes more memory to decode than there is.", detail=repr(error)
        ) from error
    except Exception as error:
        raise CorruptImage(detail=repr(error)) from error


def _orientation(source: Pixels) -> int:
    """By our own reader, so that it is the one by which a picture was found to need turning.

    Pillow turns a TIFF, and libheif a HEIC, without being asked; neither says so in ``exif``.
    """
    block: bytes = source.info.get("exif") or b""
    return exif.orientation(block.removeprefix(b"Exif\x00\x00"))


def _render(source: Pixels, max_side: int, turn: int) -> Transcoded:
    full = source.size
    # Colours and turning come last, when there are few pixels left to change.
    image = _to_srgb(_scaled(source, max_side), source.info.get("icc_profile"))
    upright = _turned(image, turn)
    upright.info = {}  # Pillow would write the original's comment
    out = BytesIO()
    upright.save(out, "JPEG", quality=_QUALITY)
    displayed = full[::-1] if turn >= _SIDEWAYS else full
    return Transcoded(out.getvalue(), upright.size, displayed)


def _scaled(source: Pixels, max_side: int) -> Pixels:
    """Decoded, its longer side at most ``max_side``."""
    exact = _fit(source.size, max_side)
    # A JPEG is decoded straight to a half, a quarter or an eighth of its size, as long as that is
    # no smaller than this box, which must have the picture's own proportions.
    source.draft(None, _fit(source.size, math.ceil(max_side * _NEAR)))
    source.load()
    if max(source.size) <= max_side:
        return source
    return source.resize(exact, _filter(source.mode), reducing_gap=1.0)


def _fit(size: Size, max_side: int) -> Size:
    """The largest size of the same proportions whose longer side is at most ``max_side``."""
    longer = max(size)
    if longer <= max_side:
        return size
    width, height = (max(1, round(side * max_side / longer)) for side in size)
    return width, height


def _filter(mode: str) -> Resampling:
    from PIL.Image import Resampling

    # Palette indices and bits cannot be averaged.
    return Resampling.NEAREST if mode in ("P", "PA", "1") else Resampling.BICUBIC


def _turned(image: Pixels, orientation: int) -> Pixels:
    from PIL.Image import Transpose

    turns = {
        2: Transpose.FLIP_LEFT_RIGHT,
        3: Transpose.ROTATE_180,
        4: Transpose.FLIP_TOP_BOTTOM,
        5: Transpose.TRANSPOSE,
        6: Transpose.ROTATE_270,
        7: Transpose.TRANSVERSE,
        8: Transpose.ROTATE_90,
    }
    turn = turns.get(orientation)
    return image if turn is None else image.transpose(turn)


def _to_srgb(image: Pixels, profile: bytes | None) -> Pixels:
    """Eight bits of sRGB a channel, on white where the picture is transparent."""
    if image.mode in _DEEP:
        image = _to_eight_bits(image)
    if image.has_transparency_data:
        image = _on_white(image)
    if profile is not None and image.mode in ("RGB", "CMYK", "L"):
        return _with_profile(image, profile)
    return image if image.mode == "RGB" else image.convert("RGB")


def _to_eight_bits(image: Pixels) -> Pixels:
    """Grey of 16 bits by its range; of 32 bits, which has none of its own, by its brightest."""
    is_16_bit = image.mode.startswith("I;16")
    image = image.convert("F")
    (_, brightest) = (0.0, 65535.0) if is_16_bit else image.getextrema()
    scale = 255 / max(255.0, float(brightest))  # type: ignore[arg-type]  # one band, one number
    return image.point(lambda value: value * scale + 0).convert("L")


def _on_white(image: Pixels) -> Pixels:
    from PIL import Image

    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _with_profile(image: Pixels, profile: bytes) -> Pixels:
    """A profile that is broken, or made for another kind of picture, is no reason to refuse."""
    from PIL import ImageCms

    try:
        converted = ImageCms.profileToProfile(
            image, BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):
        converted = None
    return converted or image.convert("RGB")


@cache
def _register_heif() -> None:
    import pi_heif

    # Nothing but the picture itself is read.
    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
