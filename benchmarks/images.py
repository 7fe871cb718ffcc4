"""Preparing a photo of 12 megapixels, beside the order in which one would write it first.

``python -m benchmarks.images`` (or ``make bench-images``); on Linux only.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import pi_heif
from PIL import Image, ImageCms, ImageOps

from benchmarks.interleaved import cpu_seconds
from benchmarks.photo import jpeg, photo
from corpus.heif_encoder import heic
from image_search.formats import jpeg as jpeg_format
from image_search.rendition import render
from in_child import in_child

SIZE = (4032, 3024)
SIDE = 2048
QUALITY = 88
ROUNDS = 9
MOST_SHARE = 0.5
"""Of the naive order's time."""
MOST_BYTES = 40_000_000
"""Above what the process has once everything is imported."""


@dataclass(frozen=True)
class Row:
    """One photo; ``bounded``: whether its figures have a budget."""

    name: str
    content: bytes
    media_type: str
    bounded: bool = False


def main() -> None:
    pi_heif.register_heif_opener()
    ImageCms.createProfile("sRGB")
    print(f"{SIZE[0]} x {SIZE[1]} to {SIDE} pixels; CPU ms (medians of {ROUNDS}), MB at the peak\n")
    print(f"{'':28} {'MB':>5} {'ours':>7} {'naive':>7} {'ratio':>6} {'ours':>8} {'naive':>7}")
    missed = [row.name for row in _rows() if not _compare(row)]
    _strip()
    sys.exit(f"\nover budget: {', '.join(missed)}" if missed else 0)


def _rows() -> list[Row]:
    picture = photo(SIZE)
    return [
        Row("JPEG, turned by EXIF", jpeg(picture, 6), "image/jpeg", bounded=True),
        Row("JPEG, upright", jpeg(picture), "image/jpeg", bounded=True),
        Row("progressive JPEG, turned", jpeg(picture, 6, progressive=True), "image/jpeg"),
        Row("HEIC", heic(picture, quality=60), "image/heic"),
    ]


def _compare(row: Row) -> bool:
    """Prints a row; whether it is within its budget."""
    variants: dict[str, Callable[[], bytes]] = {
        "ours": partial(_ours, row),
        "naive": partial(_naive, row.content),
    }
    seconds = cpu_seconds(variants, ROUNDS)
    peaks = {name: in_child(partial(_discard, work)).growth for name, work in variants.items()}
    share = seconds["ours"] / seconds["naive"]
    print(
        f"{row.name:28} {len(row.content) / 1e6:5.1f} {seconds['ours'] * 1e3:7.0f}"
        f" {seconds['naive'] * 1e3:7.0f} {share:6.2f} {peaks['ours'] / 1e6:+8.0f}"
        f" {peaks['naive'] / 1e6:+7.0f}"
        f"{f'   budget {MOST_SHARE}, {MOST_BYTES / 1e6:+.0f}' if row.bounded else ''}"
    )
    return not row.bounded or (share <= MOST_SHARE and peaks["ours"] <= MOST_BYTES)


def _ours(row: Row) -> bytes:
    return render(row.content, row.media_type, SIDE, lambda *_: None).content


def _naive(content: bytes) -> bytes:
    with Image.open(BytesIO(content)) as source:
        image = ImageOps.exif_transpose(source).convert("RGB")
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _discard(work: Callable[[], bytes]) -> None:
    work()


def _strip() -> None:
    content = jpeg(photo(SIZE, grain=5.0), quality=92)
    seconds = cpu_seconds({"": lambda: jpeg_format.read(content).clean()}, ROUNDS)[""]
    print(f"\nmetadata of a JPEG of {len(content) / 1e6:.1f} MB cut out: {seconds * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
