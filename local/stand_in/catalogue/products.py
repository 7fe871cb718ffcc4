"""The shop's products: items, their colourways and sizes, all following from their place."""

from dataclasses import dataclass
from typing import Final

from stand_in.catalogue.ranges import RANGES, Range
from stand_in.drawing.colours import COLOURS
from stand_in.drawing.look import Cut, Look
from stand_in.drawing.patterns import Pattern

_PATTERNS: Final[tuple[Pattern, ...]] = (
    "plain", "striped", "dotted", "checked", "zigzag", "pinstriped",
)  # fmt: skip
# Each colour is sold in four of a category's twelve products, and with each other colour in one of
# them: nine points and the twelve lines of an affine plane. Each colour comes first at least once,
# for that is the one a product is shown in.
_COLOURWAYS: Final = (
    (0, 3, 6), (1, 4, 7), (5, 8, 2), (2, 0, 1), (3, 4, 5), (6, 7, 8),
    (0, 4, 8), (1, 5, 6), (2, 3, 7), (7, 0, 5), (8, 1, 3), (4, 6, 2),
)  # fmt: skip
_WORN: Final = frozenset({"sneakers", "dresses", "tops", "trousers"})
_STEPS = 6
"""Prices that a range climbs in tens; the other half of it lies between them."""

_LAST_COLOUR, _REDUCTION = 2, 5
"""A product's last colour is on sale, for so many currency units less."""


@dataclass(frozen=True)
class Variation:
    """One colour and size of a product; `price` in currency units, `inventory` in pieces."""

    id: str
    colour: str
    size: str
    price: float
    inventory: int


@dataclass(frozen=True)
class Product:
    """An item of the catalogue, with all its variations."""

    id: str
    name: str
    category: str
    group_id: str
    brand: str
    material: str
    pattern: Pattern
    cut: Cut
    rating: float
    variations: tuple[Variation, ...]

    @property
    def colours(self) -> tuple[str, ...]:
        """The colours it comes in, the first of them the one it is known by."""
        return tuple(dict.fromkeys(variation.colour for variation in self.variations))

    def look(self, colour: str) -> Look:
        """How it is drawn in one of its colours."""
        return Look(colour, self.pattern, self.cut)

    def picture_id(self, colour: str) -> str:
        """The name of the picture of one colourway."""
        return f"{self.id}-{colour}"


def build_catalogue() -> tuple[Product, ...]:
    """Every product, in shop order."""
    return tuple(
        _product(range_, place) for range_ in RANGES for place in range(len(range_.models))
    )


def _product(range_: Range, place: int) -> Product:
    names = list(COLOURS)
    return Product(
        id=_product_id(range_, place),
        name=f"{range_.models[place]} {range_.noun}",
        category=range_.category,
        group_id=range_.group_id,
        brand=range_.brands[place % len(range_.brands)],
        material=range_.materials[place // 2 % len(range_.materials)],
        pattern=_PATTERNS[place // 2],
        cut=0 if place % 2 == 0 else 1,
        rating=3.5 + (place * 7 + range_.price) % 15 / 10,
        variations=tuple(
            _variation(range_, place, names[index], colour_place, size_place)
            for colour_place, index in enumerate(_COLOURWAYS[place])
            for size_place in range(len(range_.sizes))
        ),
    )


def _product_id(range_: Range, place: int) -> str:
    return f"{range_.category}-{place + 1:02d}"


def _variation(
    range_: Range, place: int, colour: str, colour_place: int, size_place: int
) -> Variation:
    size = range_.sizes[size_place]
    # Larger pieces cost more, except for clothes and shoes where a size is just a size.
    extra = 0 if range_.group_id in _WORN else size_place * 10
    reduced = _REDUCTION if colour_place == _LAST_COLOUR else 0
    return Variation(
        id=f"{_product_id(range_, place)}-{colour}-{size.replace(' ', '')}".lower(),
        colour=colour,
        size=size,
        price=range_.price + place % _STEPS * 10 + place // _STEPS * 5 + extra - reduced - 0.05,
        inventory=(place * 17 + size_place * 5 + len(colour) * 3) % 40,
    )
