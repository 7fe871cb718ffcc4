"""Encodes HEIC, which no image of the project ever is: only for tests."""

from __future__ import annotations

from io import BytesIO

import pillow_heif
from PIL import Image


def heic(image: Image.Image, **options: object) -> bytes:
    """``options``: those of ``pillow_heif``, such as ``quality`` and ``exif``."""
    file = BytesIO()
    pillow_heif.from_pillow(image).save(file, **options)
    return file.getvalue()
