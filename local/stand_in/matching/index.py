"""Exact nearest neighbours among the colourways of the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from stand_in.catalogue.products import Product
from stand_in.drawing.sprites import sprite
from stand_in.vision.descriptor import Descriptor, describe_product
from stand_in.vision.lab import Floats, to_lab

_DRAWN_SIDE = 80  # pixels; descriptors do not get better with more
_COLOUR_WEIGHT = 1.0
_SHAPE_WEIGHT = 0.4
_PATTERN_WEIGHT = 0.5
_CATEGORY_WEIGHT = 4.0


@dataclass(frozen=True)
class Match:
    """A product, the colour of it that is nearest, and how far that is (0: the same picture)."""

    product: Product
    colour: str
    distance: float


class ProductIndex:
    """All colourways as arrays, one row each."""

    def __init__(self, products: Iterable[Product]) -> None:
        """Draw and describe every colourway of the products."""
        self._rows = [(product, colour) for product in products for colour in product.colours]
        described = [_describe(product, colour) for product, colour in self._rows]
        self._colour = np.stack([descriptor.colour for descriptor in described])
        self._shape = np.stack([descriptor.shapes for descriptor in described])
        self._pattern = np.concatenate([descriptor.patterns for descriptor in described])
        categories = [product.category for product, _ in self._rows]
        self._category = np.unique(categories, return_inverse=True)[1]

    def nearest(self, seen: Descriptor) -> list[Match]:
        """Every product once, by its nearest colourway, nearest first."""
        shape, pattern = self._in_best_pose(seen)
        squared = (
            _COLOUR_WEIGHT * _squares(self._colour, seen.colour[None])[:, 0]
            + _SHAPE_WEIGHT * shape
            + _PATTERN_WEIGHT * pattern
            + _CATEGORY_WEIGHT * self._nearest_of_category(shape)
        )
        best: dict[str, Match] = {}
        for row in np.argsort(squared, kind="stable"):  # equal distances keep the shop's order
            product, colour = self._rows[row]
            match = Match(product, colour, round(float(np.sqrt(squared[row])), 6))
            best.setdefault(product.id, match)
        return list(best.values())

    def _in_best_pose(self, seen: Descriptor) -> tuple[Floats, Floats]:
        """Squared distances of outlines and of patterns, each row's in the pose that fits it."""
        count, outlines, size = self._shape.shape
        shapes = _squares(self._shape.reshape(-1, size), seen.shapes)
        shapes = shapes.reshape(count, outlines, -1).min(axis=1)
        best = np.argmin(shapes, axis=1)
        rows = np.arange(count)
        return shapes[rows, best], _squares(self._pattern, seen.patterns)[rows, best]

    def _nearest_of_category(self, distances: Floats) -> Floats:
        """For each row the least distance in its category.

        A high-top looks little like a low shoe, but what looks like a low shoe is a shoe.
        """
        least = np.full(self._category.max() + 1, np.inf, np.float32)
        np.minimum.at(least, self._category, distances)
        return np.asarray(least[self._category])


def _squares(rows: Floats, others: Floats) -> Floats:
    """Squared Euclidean distance of each row from each of the others."""
    lengths = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1)[None, :]
    return np.asarray(np.maximum(lengths - 2 * rows @ others.T, 0), np.float32)


def _describe(product: Product, colour: str) -> Descriptor:
    pixels = np.asarray(sprite(product.category, product.look(colour), _DRAWN_SIDE))
    surface = (pixels[..., 3] > 200).astype(np.float32)
    return describe_product(to_lab(pixels[..., :3]), surface)
