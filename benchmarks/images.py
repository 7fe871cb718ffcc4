"""Preparing a photo of 12 megapixels, beside the order in which one would write it first."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO

import pi_heif
from PIL import Image, ImageCms, ImageOps

from benchmarks.interleaved import cpu_milliseconds, in_turns
from benchmarks.measured import OURS, Bound, Case
from benchmarks.photo import jpeg, photo
from corpus.heif_encoder import heic
from image_search.images.decoder import Decoder
from image_search.images.formats import jpeg as jpeg_format
from image_search.images.normalize import READERS
from image_search.images.transcode import transcode
from in_child import in_child

PART = "images"
NAIVE = "naive order"
HERE = "in this process"
MEMORY_BYTES = 645_000_000
"""What the decoder may have of 768 MB."""
SIZE = (4032, 3024)
SIDE = 2048
QUALITY = 88
MOST_SHARE = 0.5
"""Of the naive order's time."""
MOST_MEGABYTES = 40.0
"""Above what the process has once everything is imported."""


@dataclass(frozen=True)
class Photo:
    """``bounded``: whether its figures have a budget."""

    name: str
    content: bytes
    media_type: str
    bounded: bool = False


def measure(rounds: int) -> tuple[list[Case], dict[str, object]]:
    pi_heif.register_heif_opener()
    ImageCms.createProfile("sRGB")
    photos = _photos()
    cases = [case for row in photos for case in _compare(row, rounds)]
    return [*cases, *(_process(row, rounds) for row in photos), _strip(rounds)], {}


def _photos() -> list[Photo]:
    picture = photo(SIZE)
    return [
        Photo("JPEG, turned by EXIF", jpeg(picture, 6), "image/jpeg", bounded=True),
        Photo("JPEG, upright", jpeg(picture), "image/jpeg", bounded=True),
        Photo("progressive JPEG, turned", jpeg(picture, 6, progressive=True), "image/jpeg"),
        Photo("HEIC", heic(picture, quality=60), "image/heic"),
    ]


def _compare(row: Photo, rounds: int) -> list[Case]:
    """Its time and its memory."""
    variants: dict[str, Callable[[], bytes]] = {
        NAIVE: partial(_naive, row.content),
        OURS: partial(_ours, row),
    }
    timed = {name: partial(cpu_milliseconds, work) for name, work in variants.items()}
    peaks = {name: [_peak(work)] for name, work in variants.items()}
    name = f"{row.name}, {len(row.content) / 1e6:.1f} MB to {SIDE} pixels"
    within = (Bound(NAIVE, MOST_SHARE),) if row.bounded else ()
    peaks["limit"] = [MOST_MEGABYTES]
    memory = (Bound("limit", 1.0),) if row.bounded else ()
    return [
        Case(PART, name, "CPU ms", NAIVE, in_turns(timed, rounds), within),
        Case(PART, f"{name}: memory", "MB at the peak", NAIVE, peaks, memory, guarded=False),
    ]


def _ours(row: Photo) -> bytes:
    stored = READERS[row.media_type](row.content).stored
    return transcode(row.content, row.media_type, SIDE, 10**9, stored).content


def _process(row: Photo, rounds: int) -> Case:
    """What it adds that the codecs have a process of their own, once that is there."""
    decoder = Decoder(MEMORY_BYTES)
    words = (row.content, row.media_type, SIDE, 10**9)
    variants = {
        HERE: partial(_milliseconds, partial(transcode, *words)),
        OURS: partial(_milliseconds, partial(decoder.transcode, *words)),
    }
    name = f"{row.name}, in the decoder's process"
    return Case(PART, name, "ms", HERE, in_turns(variants, rounds), guarded=False)


def _milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def _naive(content: bytes) -> bytes:
    with Image.open(BytesIO(content)) as source:
        image = ImageOps.exif_transpose(source).convert("RGB")
    image.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def _peak(work: Callable[[], bytes]) -> float:
    def discard() -> None:
        work()

    return in_child(discard).growth / 1e6


def _strip(rounds: int) -> Case:
    """Metadata cut out without decoding, beside decoding and encoding again to lose it."""
    content = jpeg(photo(SIZE, grain=5.0), quality=92)
    variants = {
        "decoded and encoded": partial(cpu_milliseconds, partial(_encoded_again, content)),
        OURS: partial(cpu_milliseconds, lambda: jpeg_format.read(content).clean()),
    }
    name = f"metadata of a JPEG of {len(content) / 1e6:.1f} MB cut out"
    return Case(PART, name, "CPU ms", "decoded and encoded", in_turns(variants, rounds))


def _encoded_again(content: bytes) -> bytes:
    out = BytesIO()
    with Image.open(BytesIO(content)) as image:
        image.save(out, "JPEG", quality="keep")
    return out.getvalue()
