"""Every product is drawn whole, and no two of a category alike."""

import itertools
from typing import Final, get_args

import numpy as np
import pytest

from stand_in.catalogue.products import build_catalogue
from stand_in.drawing.canvas import Canvas, Point
from stand_in.drawing.look import Cut, Look
from stand_in.drawing.patterns import Pattern
from stand_in.drawing.sprites import DRAWERS, sprite

CATEGORIES: Final = list(DRAWERS)
PATTERNS: Final[tuple[Pattern, ...]] = get_args(Pattern)
CUTS: Final[tuple[Cut, ...]] = get_args(Cut)


def test_there_is_a_drawer_for_each_category_and_no_other() -> None:
    assert {product.category for product in build_catalogue()} == set(CATEGORIES)


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("category", CATEGORIES)
def test_a_product_does_not_touch_the_edge(category: str, cut: Cut) -> None:
    alpha = np.asarray(sprite(category, Look("blue", cut=cut), 100).getchannel("A"))
    edges = (alpha[0], alpha[-1], alpha[:, 0], alpha[:, -1])
    assert [int(edge.max()) for edge in edges] == [0, 0, 0, 0]


@pytest.mark.parametrize("category", CATEGORIES)
def test_cuts_patterns_and_colours_all_look_different(category: str) -> None:
    looks = [Look(*each) for each in itertools.product(("red", "blue"), PATTERNS, CUTS)]
    pictures = {sprite(category, look, 80).tobytes() for look in looks}
    assert len(pictures) == len(looks)


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_pattern_leaves_the_outline_as_it_is(category: str) -> None:
    outlines = {
        sprite(category, Look("red", pattern), 80).getchannel("A").tobytes() for pattern in PATTERNS
    }
    assert len(outlines) == 1


def test_a_remembered_outline_draws_the_same_picture_again() -> None:
    look = Look("purple", "zigzag", 1)
    assert sprite("teapot", look, 80).tobytes() == sprite("teapot", look, 80).tobytes()


def test_gloss_lightens_what_is_drawn_and_nothing_beside_it() -> None:
    square: list[Point] = [(0, 0), (50, 0), (50, 100), (0, 100)]
    dull, glossy = Canvas(100), Canvas(100)
    for canvas in (dull, glossy):
        canvas.part(square, (100, 40, 40))
    glossy.gloss([(25, 50), (75, 50)], 10)
    before, after = dull.finish(), glossy.finish()
    there, beside = (30, 50), (70, 50)
    assert [after.getpixel(beside), after.getchannel("A").tobytes()] == [
        before.getpixel(beside),
        before.getchannel("A").tobytes(),
    ]
    assert np.all(np.array(after.getpixel(there))[:3] > np.array(before.getpixel(there))[:3])
