"""A photo made by code that is as hard to decode as a camera's: shapes, shades and grain."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

ORIENTATION = 0x0112


def photo(size: tuple[int, int], grain: float = 2.0) -> Image.Image:
    """The same picture every time. ``grain``: its noise, in grey levels."""
    random = np.random.default_rng(12)
    shades = Image.fromarray(random.integers(40, 216, (12, 16, 3), dtype=np.uint8))
    picture = shades.resize(size, Image.Resampling.BICUBIC)
    _draw_things(picture, random)
    soft = picture.filter(ImageFilter.GaussianBlur(0.8))
    noise = random.normal(0, grain, (size[1], size[0], 1)).astype(np.float32)
    pixels = np.asarray(soft, np.float32) + noise
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def jpeg(image: Image.Image, orientation: int = 1, **options: object) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    file = BytesIO()
    image.save(file, "JPEG", exif=exif, **{"quality": 90, **options})
    return file.getvalue()


def _draw_things(picture: Image.Image, random: np.random.Generator) -> None:
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    for _ in range(600):
        x, y = int(random.integers(width)), int(random.integers(height))
        wide, high = (int(side) for side in random.integers(8, width // 12, 2))
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        shape = draw.ellipse if random.random() < 0.5 else draw.rectangle
        shape((x, y, x + wide, y + high), fill=colour)
        draw.line((x, y, x + wide, y + high), fill=(20, 20, 20), width=2)
