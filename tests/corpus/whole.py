"""Whole pictures, one of each format, that bad ones are made of."""

from __future__ import annotations

from functools import cache

from corpus.heif_encoder import heic
from pictures import save, scene


@cache
def whole_pictures() -> dict[str, bytes]:
    """By the name of the format."""
    return {
        "baseline.jpg": save(scene(), "JPEG"),
        "progressive.jpg": save(scene(), "JPEG", progressive=True),
        "picture.png": save(scene(), "PNG"),
        "picture.gif": save(scene("P"), "GIF"),
        "picture.webp": save(scene(), "WEBP"),
        "picture.heic": heic(scene(), quality=80),
        "picture.avif": save(scene(), "AVIF"),
        "picture.tif": save(scene(), "TIFF"),
        "picture.bmp": save(scene(), "BMP"),
    }
