"""What descriptors hold apart, and what they do not mind."""

from typing import Final

import numpy as np
import pytest
from PIL import Image

from stand_in.drawing.look import Look
from stand_in.drawing.patterns import Pattern
from stand_in.drawing.sprites import sprite
from stand_in.vision.descriptor import Descriptor, describe_object, describe_product
from stand_in.vision.lab import Floats, to_lab

ALIKE: Final = 0.25
UNLIKE: Final = 0.35


def drawn(category: str, look: Look, angle: float = 0, side: int = 160) -> Image.Image:
    return sprite(category, look, side).rotate(angle, Image.Resampling.BICUBIC, expand=True)


def seen(picture: Image.Image) -> tuple[Floats, Floats]:
    pixels = np.asarray(picture)
    return to_lab(pixels[..., :3]), (pixels[..., 3] > 200).astype(np.float32)


def in_catalogue(category: str, look: Look) -> Descriptor:
    return describe_product(*seen(drawn(category, look)))


def in_photo(picture: Image.Image) -> Descriptor:
    lab, mask = seen(picture)
    return describe_object(lab, mask, mask)


def apart(one: Floats, others: Floats) -> float:
    return min(float(np.linalg.norm(first - other)) for first in one for other in others)


@pytest.mark.parametrize("angle", [-20, -7, 0, 13, 20])
@pytest.mark.parametrize("side", [110, 320])
@pytest.mark.parametrize("facing", ["as drawn", "mirrored"])
def test_outline_and_pattern_survive_turn_size_and_mirror(
    angle: int, side: int, facing: str
) -> None:
    look = Look("blue", "striped")
    picture = drawn("shoe", look, angle, side)
    if facing == "mirrored":
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    known, found = in_catalogue("shoe", look), in_photo(picture)
    assert apart(known.shapes, found.shapes) < ALIKE
    assert apart(known.patterns, found.patterns) < ALIKE


def test_outline_does_not_depend_on_colour_or_pattern() -> None:
    plain, dotted = in_catalogue("mug", Look("red")), in_catalogue("mug", Look("blue", "dotted"))
    assert np.array_equal(plain.shapes, dotted.shapes)


@pytest.mark.parametrize(
    ("one", "other"), [("plain", "striped"), ("plain", "dotted"), ("striped", "dotted")]
)
def test_patterns_are_distinguished(one: Pattern, other: Pattern) -> None:
    known = in_catalogue("t-shirt", Look("green", one))
    found = in_photo(drawn("t-shirt", Look("green", other), 10))
    assert apart(known.patterns, found.patterns) > UNLIKE


def test_colours_are_distinguished_and_a_little_light_is_not() -> None:
    red, orange = (in_catalogue("mug", Look(name)) for name in ("red", "orange"))
    lit = drawn("mug", Look("red")).point(
        [min(255, round(level * 1.06)) for level in range(256)] * 4
    )
    found = in_photo(lit)
    assert float(np.linalg.norm(red.colour - found.colour)) < 0.5
    assert float(np.linalg.norm(orange.colour - found.colour)) > 0.9
