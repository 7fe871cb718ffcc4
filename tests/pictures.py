"""Pictures made by the tests."""

from __future__ import annotations

from io import BytesIO
from typing import cast

from PIL import Image, ImageDraw
from PIL.Image import Transpose

SCENE_SIZE = (400, 300)
ORIENTATION = 0x0112
# What a camera that was turned stores, by the EXIF orientation that undoes it.
STORED = {
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}


def scene(mode: str = "RGB") -> Image.Image:
    """Red at the top left, green at the top right, blue at the bottom left, white elsewhere."""
    image = Image.new("RGB", SCENE_SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 99, 99), fill=(255, 0, 0))
    draw.rectangle((300, 0, 399, 99), fill=(0, 255, 0))
    draw.rectangle((0, 200, 99, 299), fill=(0, 0, 255))
    return image.convert(mode)


def save(image: Image.Image, format_name: str, **options: object) -> bytes:
    file = BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


def turned_scene(format_name: str, orientation: int) -> bytes:
    """The scene as a camera stores it that was held so that EXIF must say ``orientation``."""
    turn = STORED[orientation]
    stored = scene() if turn is None else scene().transpose(turn)
    if format_name == "TIFF":
        return save(stored, "TIFF", tiffinfo={ORIENTATION: orientation})
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    return save(stored, format_name, exif=exif, quality=95)


def corners(content: bytes) -> list[str]:
    """The colours of the corners by name: top left and right, then bottom left and right."""
    image = Image.open(BytesIO(content)).convert("RGB")
    width, height = image.size
    places = [(w * width // 8, h * height // 6) for h in (1, 5) for w in (1, 7)]
    return [_name(cast(tuple[int, ...], image.getpixel(place))) for place in places]


UPRIGHT = ["red", "green", "blue", "white"]
_NAMES = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}


def _name(colour: tuple[int, ...]) -> str:
    for name, exact in _NAMES.items():
        if max(abs(a - b) for a, b in zip(colour, exact, strict=True)) < 30:
            return name
    return str(colour)
