"""Photos for the evaluation: products as nobody drew them for the catalogue.

Other angles, sizes, backgrounds, light, blur, noise and compression, all following from a seed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from stand_in.catalogue.products import Product
from stand_in.drawing.backgrounds import BACKGROUNDS, Background
from stand_in.drawing.camera import Camera
from stand_in.drawing.still_life import Box, Thing, boxes, lay_out
from stand_in.drawing.surfaces.fields import Size

_SINGLE: Size = (640, 480)
_THREE: Size = (840, 580)
_STEEPEST = 20.0  # degrees


@dataclass(frozen=True)
class Shown:
    """A colourway in a photo, and its box in pixels."""

    product: Product
    colour: str
    box: Box


@dataclass(frozen=True)
class Rendering:
    """A JPEG file and what is in it."""

    jpeg: bytes
    background: Background
    shown: tuple[Shown, ...]


def single_products(products: Sequence[Product], count: int, seed: int) -> Iterator[Rendering]:
    """One product each, every one in turn, on all the backgrounds."""
    for place in range(count):
        random = np.random.default_rng([seed, 1, place])
        side = int(random.uniform(0.45, 0.85) * _SINGLE[1])
        centre = (
            _away_from_edge(_SINGLE[0], side, random),
            _away_from_edge(_SINGLE[1], side, random),
        )
        chosen = (products[place % len(products)],)
        yield _render(_SINGLE, _background(place), chosen, (centre,), (side,), random)


def three_products(products: Sequence[Product], count: int, seed: int) -> Iterator[Rendering]:
    """Three products beside each other, near but apart."""
    for place in range(count):
        random = np.random.default_rng([seed, 3, place])
        chosen = tuple(products[int(random.integers(len(products)))] for _ in range(3))
        sides = tuple(int(random.uniform(205, 262)) for _ in range(3))
        centres = tuple(
            (
                _THREE[0] * (2 * column + 1) // 6 + int(random.uniform(-9, 9)),
                _THREE[1] // 2 + int(random.uniform(-110, 110)),
            )
            for column in range(3)
        )
        yield _render(_THREE, _background(place), chosen, centres, sides, random)


def _background(place: int) -> Background:
    return list(BACKGROUNDS.values())[place % len(BACKGROUNDS)]


def _away_from_edge(length: int, side: int, random: np.random.Generator) -> int:
    return int(length / 2 + random.uniform(-0.35, 0.35) * (length - side))


def _render(
    size: Size,
    background: Background,
    products: tuple[Product, ...],
    centres: tuple[tuple[int, int], ...],
    sides: tuple[int, ...],
    random: np.random.Generator,
) -> Rendering:
    colours = [product.colours[int(random.integers(len(product.colours)))] for product in products]
    things = tuple(
        Thing(
            product.category, product.look(colour), centre, side,
            random.uniform(-_STEEPEST, _STEEPEST), bool(random.random() < 0.5),
        )
        for product, colour, centre, side in zip(products, colours, centres, sides, strict=True)
    )  # fmt: skip
    scene = lay_out(background.draw(size, random), things)
    found = zip(products, colours, boxes(size, things), strict=True)
    return Rendering(
        _camera(random).take(scene, random), background, tuple(Shown(*each) for each in found)
    )


def _camera(random: np.random.Generator) -> Camera:
    return Camera(
        exposure=random.uniform(0.88, 1.12),
        warmth=random.uniform(-0.05, 0.05),
        blur=random.uniform(0.4, 1.5),
        noise=random.uniform(1, 6),
        vignette=random.uniform(0, 0.25),
        quality=int(random.integers(40, 96)),
    )
