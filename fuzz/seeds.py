"""Whole files for the fuzzer to start from, so that it need not find each format by itself."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from corpus.heif_encoder import heic
from pictures import save, scene, turned_scene

_SMALL = (48, 36)


def write(directory: Path) -> None:
    """One file per seed; every target starts from all of them."""
    directory.mkdir(parents=True)
    for name, content in contents().items():
        (directory / name).write_bytes(content)


def contents() -> dict[str, bytes]:
    """Small files by name, of each kind and variant."""
    small = scene().resize(_SMALL)
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    exif = Image.Exif()
    exif[0x0112] = 6
    animated = {"save_all": True, "append_images": frames[1:]}
    return {
        "baseline.jpg": save(small, "JPEG", exif=exif, comment=b"comment", icc_profile=b"profile"),
        "progressive.jpg": save(small, "JPEG", progressive=True, xmp=b"<x/>"),
        "restarts.jpg": save(small, "JPEG", restart_marker_rows=1),
        "exif.png": save(small, "PNG", exif=exif, icc_profile=b"profile"),
        "palette.png": save(small.convert("P"), "PNG"),
        "animated.png": save(frames[0], "PNG", **animated),
        "still.gif": save(small.convert("P"), "GIF", comment=b"comment"),
        "animated.gif": save(frames[0], "GIF", loop=0, **animated),
        "lossy.webp": save(small, "WEBP", exif=exif, xmp=b"<x/>"),
        "lossless.webp": save(small, "WEBP", lossless=True),
        "animated.webp": save(frames[0], "WEBP", **animated),
        "turned.tif": turned_scene("TIFF", 6)[:4000],
        "exif.tif": exif.tobytes().removeprefix(b"Exif\x00\x00"),
        "small.bmp": save(small, "BMP")[:200],
        "small.avif": save(small, "AVIF"),
        "animated.avif": save(frames[0], "AVIF", **animated),
        "small.heic": heic(small, quality=50),
    }
