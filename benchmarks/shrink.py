"""What `ShrinkLargeImages` costs and saves: photos of 12 megapixels, as they are or smaller."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial

from PIL import ImageCms
from PIL.Image import Image

from benchmarks.images import SIZE
from benchmarks.interleaved import cpu_milliseconds, in_turns
from benchmarks.measured import Case
from benchmarks.photo import jpeg, photo
from image_search.images.formats import jpeg as jpeg_format
from image_search.images.transcode import transcode

PART = "shrink"
AS_IT_IS = "as it is"
SIDES = (2048, 1024)
MEGABYTES = (1, 2, 4)
# Of the picture before it is encoded: a photo is large because of its grain.
_GRAIN = {1: 0.5, 2: 2.5, 4: 6.0}
_QUALITIES = range(50, 98)


def measure(rounds: int) -> tuple[list[Case], dict[str, object]]:
    return [case for size in MEGABYTES for case in _compare(size, rounds)], {}


def time_case(megabytes: int) -> str:
    return f"{megabytes} MB: time"


def bytes_case(megabytes: int) -> str:
    return f"{megabytes} MB: bytes sent"


def variant(side: int) -> str:
    return f"{side} pixels"


def _compare(megabytes: int, rounds: int) -> list[Case]:
    content = _photo_of(megabytes * 1_000_000, _GRAIN[megabytes])
    variants: dict[str, Callable[[], bytes]] = {AS_IT_IS: partial(_cleaned, content)}
    variants |= {variant(side): partial(_shrunk, content, side) for side in SIDES}
    timed = {name: partial(cpu_milliseconds, work) for name, work in variants.items()}
    sent = {name: [len(work()) / 1e3] for name, work in variants.items()}
    return [
        Case(
            PART, time_case(megabytes), "CPU ms", AS_IT_IS, in_turns(timed, rounds), guarded=False
        ),
        Case(PART, bytes_case(megabytes), "KB", AS_IT_IS, sent, guarded=False),
    ]


def _photo_of(size: int, grain: float) -> bytes:
    """The JPEG that comes nearest to this size."""
    picture = photo(SIZE, grain)
    low, high = _QUALITIES.start, _QUALITIES.stop - 1
    while low < high:
        middle = (low + high) // 2
        if len(_encoded(picture, middle)) < size:
            low = middle + 1
        else:
            high = middle
    return min(
        (_encoded(picture, quality) for quality in (low - 1, low)),
        key=lambda content: abs(len(content) - size),
    )


def _encoded(picture: Image, quality: int) -> bytes:
    return jpeg(picture, quality=quality, icc_profile=_profile())


@lru_cache(maxsize=1)
def _profile() -> bytes:
    """sRGB with other primaries, to be converted from: cameras of phones have profiles, too."""
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for before, after in ((b"rXYZ", b"-XYZ"), (b"gXYZ", b"rXYZ"), (b"-XYZ", b"gXYZ")):
        srgb = srgb.replace(before, after, 1)
    return srgb


def _cleaned(content: bytes) -> bytes:
    return jpeg_format.read(content).clean()


def _shrunk(content: bytes, side: int) -> bytes:
    return transcode(content, "image/jpeg", side, 10**9).content
