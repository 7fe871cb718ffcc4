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
from image_search.images.formats.picture import AS_DISPLAYED, Box, Stored, corrupt

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels

Size = tuple[int, int]

_QUALITY = 88
# The share of the longest side allowed from which a picture is not scaled once more to be exact:
# decoding a phone's 12 megapixels to half, 2016 pixels, costs a third of decoding and scaling them
# to 2048.
_NEAR = 0.9
# What can be scaled as it is. Palette indices and bits cannot be averaged, nor can colours of which
# one means transparent.
_SMOOTH = frozenset({"L", "LA", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "LAB", "I;16"})
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


def transcode(
    content: bytes,
    media_type: str,
    max_side: int,
    max_pixels: int,
    stored: Stored = AS_DISPLAYED,
) -> Transcoded:
    """Of an animation, the first frame.

    Pillow turns a TIFF, and libheif turns and crops a HEIC, by themselves; all others are turned
    and cropped as ``stored`` says.

    Raises ``CorruptImage`` for what the codecs cannot read, and ``ImageDimensionsExceeded`` for
    what has more than ``max_pixels``, as the codec sees it, or needs more memory than there is.
    """
    from PIL import Image, ImageFile

    Image.MAX_IMAGE_PIXELS = None  # `max_pixels` is stricter, and its error is one of ours
    ImageFile.LOAD_TRUNCATED_IMAGES = stored.incomplete
    if media_type == "image/heic":
        _register_heif()
    with _translated():
        source = Image.open(BytesIO(content), formats=[_PILLOW_FORMATS[media_type]])
    with source:
        width, height = source.size
        if width * height > max_pixels:
            raise ImageDimensionsExceeded(detail=f"{width} x {height} as decoded")
        with _translated():
            return _render(source, max_side, stored)


@contextmanager
def _translated() -> Iterator[None]:
    """Codecs raise errors of many kinds on hostile bytes, and all mean the same."""
    try:
        yield
    except CorruptImage:
        raise
    except MemoryError as error:
        raise ImageDimensionsExceeded(
            "The image takes more memory to decode than there is.", detail=repr(error)
        ) from error
    except Exception as error:
        raise CorruptImage(detail=repr(error)) from error


def _render(source: Pixels, max_side: int, stored: Stored) -> Transcoded:
    image, full = _decoded(source, max_side, stored.crop)
    # Colours and turning come last, when there are few pixels left to change.
    image = _to_srgb(_scaled(image, max_side), source.info.get("icc_profile"))
    if stored.incomplete and _is_of_one_colour(image):
        raise corrupt("a file that ends before its picture begins")
    upright = _turned(image, stored.orientation)
    upright.info = {}  # Pillow would write the original's comment
    out = BytesIO()
    upright.save(out, "JPEG", quality=_QUALITY)
    displayed = full[::-1] if stored.orientation >= _SIDEWAYS else full
    return Transcoded(out.getvalue(), upright.size, displayed)


def _decoded(source: Pixels, max_side: int, crop: Box | None) -> tuple[Pixels, Size]:
    """The part that is displayed, and its full size: the picture itself may have less already."""
    full = source.size
    # A JPEG is decoded straight to a half, a quarter or an eighth of its size, as long as that is
    # no smaller than this box, which must have the picture's own proportions.
    drafted = source.draft(None, _fit(full, math.ceil(max_side * _NEAR)))
    source.load()
    if drafted is None:
        full = source.size  # of a TIFF, that is known only now that it is turned
    if crop is None:
        return source, full
    image = source.crop(crop)
    return image, image.size


def _scaled(image: Pixels, max_side: int) -> Pixels:
    """Its longer side at most ``max_side``."""
    from PIL.Image import Resampling

    if max(image.size) <= max_side:
        return image
    if image.mode not in _SMOOTH or "transparency" in image.info:
        image = _smooth(image)
    size = _fit(image.size, max_side)
    # Pillow has no way to reduce 16 bits first.
    gap = None if image.mode == "I;16" else 1.0
    return image.resize(size, Resampling.BICUBIC, reducing_gap=gap)


def _smooth(image: Pixels) -> Pixels:
    """The picture in a mode in which its colours can be averaged."""
    if image.mode in _DEEP:
        return _to_eight_bits(image)
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _is_of_one_colour(image: Pixels) -> bool:
    return all(low == high for low, high in image.getextrema())  # type: ignore[misc]  # of RGB


def _fit(size: Size, max_side: int) -> Size:
    """The largest size of the same proportions whose longer side is at most ``max_side``."""
    longer = max(size)
    if longer <= max_side:
        return size
    width, height = (max(1, round(side * max_side / longer)) for side in size)
    return width, height


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
    image = image if image.mode == "F" else image.convert("F")
    (_, brightest) = (0.0, 65535.0) if is_16_bit else image.getextrema()
    scale = 255 / max(255.0, float(brightest))  # type: ignore[arg-type]  # one band, one number
    eight_bits = image.point(lambda value: value * scale + 0.5).convert("L")
    if "transparency" in eight_bits.info:
        eight_bits.info["transparency"] >>= 8
    return eight_bits


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
