"""Time and memory that each bomb takes of a function of the default size: `make corpus`; on Linux.

Every one is normalized in a child process of its own, with a decoder that has its codecs loaded.
Measured are both processes, as Lambda counts both.
"""

from __future__ import annotations

import gc

import pytest

from benchmarks.photo import photo
from corpus.bombs import bombs
from corpus.heif_encoder import heic
from corpus.sound import KINDS, LARGE, SIZE, sound
from image_search.errors import CorruptImage, ImageDimensionsExceeded
from image_search.images.decoder import Decoder
from image_search.images.image import Image, read_image
from image_search.images.memory import MemoryBudget
from image_search.images.normalize import Bounds, Normalizer
from in_child import Measured, in_child
from pictures import save, scene

MEGABYTES = 768
MAX_IMAGE_BYTES = 20_000_000
# Of the function itself, beside image and decoder, as memory.py has it.
FUNCTION_BYTES = 140_000_000
BOUNDS = Bounds(max_pixels=50_000_000, max_frames=500, max_side=2048)
# On a machine that makes 2 million additions in 0.13 s of processor; a slower one has more.
HEADER_SECONDS, ADDITIONS_SECONDS = 0.05, 0.13
HEADER_BYTES = 20_000_000
MOST_OF_SOUND = 1.2
# What an image costs that a codec refuses at once: another decoder, where the first one ended.
START_SECONDS = 0.15

_LARGE = ("JPEG", "progressive JPEG", "JPEG 4:4:4", "HEIC")
_SMALL = (2016, 1512)
_STEPS = range(16, 128, 8)

pytestmark = pytest.mark.filterwarnings("ignore")


def measure(image: Image) -> Measured:
    """Its result: "taken", or the code of the error."""
    memory = MemoryBudget(MEGABYTES, MAX_IMAGE_BYTES)
    decoder = Decoder(memory.decoder_bytes)
    # Everything is decoded: also what upstream takes, so that no bomb goes past the codecs.
    normalizer = Normalizer(BOUNDS, memory, decoder, shrink=True)

    def normalize() -> str:
        try:
            normalizer.normalize(image)
        except (CorruptImage, ImageDimensionsExceeded) as error:
            return error.code
        return "taken"

    def load_codecs() -> None:
        for media_type, content in _WARM.items():
            normalizer.normalize(Image(content, media_type, ""))
        gc.collect()
        gc.freeze()  # as the function does once it has started

    return in_child(normalize, load_codecs)


_WARM = {
    "image/heic": heic(scene(), quality=80),
    "image/avif": save(scene(), "AVIF"),
    "image/bmp": save(scene(), "BMP"),
}


def test_no_bomb_takes_more_than_there_is() -> None:
    slow = max(1.0, in_child(_add).seconds / ADDITIONS_SECONDS)
    sound_seconds: dict[str, float] = {}
    wrong, names = [], set()
    print(f"\n{'':62} {'KB':>7} {'ms':>6} {'+MB':>6} {'MB':>6}  answer")
    for bomb in bombs():
        content = bomb.make()
        image = read_image(content, 50_000_000)
        assert image.media_type == bomb.media_type
        cost = measure(image)
        if bomb.like is not None and bomb.like not in sound_seconds:
            media_type = KINDS[bomb.like][0]
            sound_seconds[bomb.like] = measure(Image(sound(bomb.like), media_type, "")).seconds
        most = sound_seconds[bomb.like] * MOST_OF_SOUND + START_SECONDS * slow if bomb.like else 99
        good = _fits(cost, content) and cost.seconds <= most
        if bomb.by_header:
            good = good and cost.result != "taken" and cost.growth <= HEADER_BYTES
            good = good and cost.seconds <= HEADER_SECONDS * slow
        names.add(bomb.name)
        if not good:
            wrong.append(bomb.name)
        print(_row(bomb.name, len(content), cost, good))
    print(f"{len(names)} bombs")
    assert (wrong, len(names) >= 60) == ([], True)


@pytest.mark.parametrize("size", [SIZE, LARGE])
def test_what_phones_make_is_taken(size: tuple[int, int]) -> None:
    """12 megapixels of every kind, and 48 of JPEG and HEIC."""
    print(f"\n{size[0]} x {size[1]}")
    wrong = []
    for kind in KINDS if size == SIZE else _LARGE:
        content = sound(kind, size)
        cost = measure(Image(content, KINDS[kind][0], ""))
        good = cost.result == "taken" and _fits(cost, content)
        if not good:
            wrong.append(kind)
        print(_row(kind, len(content), cost, good))
    assert wrong == []


@pytest.mark.parametrize("kind", KINDS)
def test_memory_that_does_not_suffice_refuses_the_image_and_nothing_else(kind: str) -> None:
    """In steps of 8 MB, with a decoder of its own for each: codecs abort at some of them."""
    media_type, make = KINDS[kind]
    content = make(photo(_SMALL))
    answers = [_answer_within(megabytes << 20, content, media_type) for megabytes in _STEPS]
    print(f"{kind:24} {' '.join(answers)}")
    assert set(answers) <= {"taken", "corrupt_image", "image_dimensions_exceeded"}
    assert answers[-1] == "taken"


def _answer_within(memory: int, content: bytes, media_type: str) -> str:
    try:
        Decoder(memory).transcode(content, media_type, 200, 10**9)
    except (CorruptImage, ImageDimensionsExceeded) as error:
        return error.code
    return "taken"


def _add() -> int:
    total = 0
    for _ in range(2_000_000):
        total += 1
    return total


def _fits(cost: Measured, content: bytes) -> bool:
    return cost.decoder + len(content) + FUNCTION_BYTES <= MEGABYTES << 20


def _row(name: str, size: int, cost: Measured, good: bool) -> str:
    return (
        f"{name:62} {size / 1000:7.0f} {cost.seconds * 1000:6.0f} {cost.growth / 1e6:6.1f}"
        f" {cost.decoder / 1e6:6.1f}  {cost.result}{'' if good else '   <-- WRONG'}"
    )
