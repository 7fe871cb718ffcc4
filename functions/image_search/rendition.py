"""Decodes an image once and makes an upright JPEG of it, small enough for the vendor.

The only module that needs codecs. They are in a layer of their own and loaded on first use, for
most images never need them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from image_search.errors import CorruptImage

if TYPE_CHECKING:
    from PIL.Image import Image as Pixels
    from PIL.Image import Resampling

Size = tuple[int, int]

_QUALITY = 88
_DEEP = frozenset({"I;16", "I;16B", "I;16L", "I;16N", "I", "F"})
_ORIENTATION = 0x0112
_SIDEWAYS = 5
"""From this EXIF orientation on, width and height change places (EXIF 2.32 §4.6.4)."""
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
class Rendition:
    """An upright JPEG. ``displayed``: width and height of the original as a phone shows it."""

    content: bytes = field(repr=False)
    size: Size
    displayed: Size


def render(
    content: bytes, media_type: str, max_side: int, check_size: Callable[[int, int], None]
) -> Rendition:
    """``check_size`` sees the width and height before anything is decoded, and may raise.

    Raises ``CorruptImage`` for what the codecs cannot read. Of an animation, the first frame.
    """
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # `check_size` is stricter, and raises an error of ours
    if media_type == "image/heic":
        _register_heif()
    try:
        with Image.open(BytesIO(content), formats=[_PILLOW_FORMATS[media_type]]) as source:
            check_size(*source.size)
            return _render(source, max_side)
    except CorruptImage:
        raise
    except (MemoryError, OSError, SyntaxError, ValueError, ArithmeticError, LookupError) as error:
        raise CorruptImage(detail=repr(error)) from error


def _render(source: Pixels, max_side: int) -> Rendition:
    full = source.size
    # A JPEG is decoded straight to the nearest larger fraction of its size. The box must have the
    # picture's own proportions: a square one turns that off.
    source.draft(None, _fit(full, max_side))
    source.load()
    turn = int(source.getexif().get(_ORIENTATION, 1))
    scaled = source.resize(_fit(full, max_side), _filter(source.mode), reducing_gap=1.0)
    # Colours and turning come last, when there are few pixels left to change.
    upright = _turned(_to_srgb(scaled, source.info.get("icc_profile")), turn)
    out = BytesIO()
    upright.save(out, "JPEG", quality=_QUALITY)
    displayed = full[::-1] if turn >= _SIDEWAYS else full
    return Rendition(out.getvalue(), upright.size, displayed)


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
    return image.convert("RGB")


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

    pi_heif.register_heif_opener()
