"""Photos that nobody has searched before: each run makes its own."""

from __future__ import annotations

import os
from io import BytesIO

import pillow_heif
from PIL import Image

SIDE = 320
_CELLS = 8


def jpeg() -> bytes:
    return _saved("JPEG")


def heic() -> bytes:
    """As iPhones take them."""
    pillow_heif.register_heif_opener()
    return _saved("HEIF")


def _saved(format_name: str) -> bytes:
    """Coloured patches, without metadata."""
    patches = Image.frombytes("RGB", (_CELLS, _CELLS), os.urandom(3 * _CELLS * _CELLS))
    file = BytesIO()
    patches.resize((SIDE, SIDE), Image.Resampling.NEAREST).save(file, format_name, quality=85)
    return file.getvalue()
