"""What other people's programs make of a file: Pillow, libvips, ImageMagick and exiftool."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pillow_heif
from PIL import Image, ImageCms, ImageOps

pillow_heif.register_heif_opener()
# The project's own limits are stricter, and are looked at separately.
Image.MAX_IMAGE_PIXELS = None

SIDE = 128
SECONDS = 60
INSTALL = "apt-get install libvips-tools imagemagick libimage-exiftool-perl"
PROGRAMS = ("vipsthumbnail", "convert", "exiftool")

Rendition = Image.Image


def missing_programs() -> list[str]:
    return [name for name in PROGRAMS if shutil.which(name) is None]


def by_pillow(path: Path) -> Rendition | None:
    try:
        with Image.open(path) as image:
            return displayed(image)
    except Exception:  # its plugins raise errors of many kinds
        return None


def displayed(source: Image.Image) -> Rendition:
    """Upright, in sRGB, on white, and small."""
    profile = source.info.get("icc_profile")
    image = ImageOps.exif_transpose(source)
    if image.mode.startswith("I;16"):
        # Pillow cannot reduce 16 bits, and clips them where it converts them.
        image = image.convert("F").point(lambda value: value / 257 + 0).convert("L")
    image = _on_white(image)
    if profile is not None and image.mode in ("RGB", "CMYK", "L"):
        image = _in_srgb(image, profile)
    return _small(image.convert("RGB"))


def _on_white(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB") if image.mode in ("P", "1") else image
    image = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        srgb = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, BytesIO(profile), srgb, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        converted = None
    return converted or image


def _small(image: Image.Image) -> Rendition:
    scale = min(1.0, SIDE / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(size, Image.Resampling.BOX)


def by_vips(path: Path) -> Rendition | None:
    return _run(
        lambda out: [
            *("vipsthumbnail", f"{path}", "-s", f"{SIDE * 4}x{SIDE * 4}>"),
            *("--export-profile", "srgb", "-o", f"{out}[strip]"),
        ]
    )


def by_imagemagick(path: Path) -> Rendition | None:
    size = f"{SIDE * 4}x{SIDE * 4}>"
    return _run(
        lambda out: [
            *("convert", f"{path}[0]", "-auto-orient", "-resize", size, "-colorspace", "sRGB"),
            *("-background", "white", "-flatten", "-strip", f"{out}"),
        ]
    )


def _run(command: Callable[[Path], list[str]]) -> Rendition | None:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.png"
        try:
            done = subprocess.run(command(out), capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None
        if done.returncode != 0 or not out.exists():
            return None
        return by_pillow(out)


def metadata(folder: Path) -> dict[str, list[str]]:
    """By file name: what exiftool finds in it that is no part of the picture."""
    done = subprocess.run(
        ["exiftool", "-json", "-G1", "-recurse", f"{folder}"],
        capture_output=True,
        check=False,
    )
    files: list[dict[str, Any]] = json.loads(done.stdout or b"[]")
    found = {Path(each["SourceFile"]).name: sorted(filter(_is_metadata, each)) for each in files}
    return {name: tags for name, tags in found.items() if tags}


_PARTS = ("System", "ExifTool", "JFIF", "PNG", "GIF", "RIFF", "Adobe", "Composite", "ICC", "File")
_TEXTS = ("Comment", "Author", "Artist", "Title", "Description", "Software", "Thumbnail", "Time")


def _is_metadata(tag: str) -> bool:
    group, _, name = tag.partition(":")
    if not name or group in ("System", "ExifTool") or group.startswith("ICC"):
        return False
    if not group.startswith(_PARTS) or "CreationDate" in name or "ModifyDate" in name:
        return True
    return any(text in name for text in _TEXTS)
