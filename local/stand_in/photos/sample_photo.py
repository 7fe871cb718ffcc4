"""A photo of products from the catalogue, of which it is known what is where."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from stand_in.catalogue.products import Product, build_catalogue
from stand_in.drawing.backgrounds import BACKGROUNDS
from stand_in.drawing.camera import Camera
from stand_in.drawing.patterns import Pattern
from stand_in.drawing.still_life import Thing, boxes, lay_out

_CAMERA = Camera(blur=0.9, noise=2.2, vignette=0.22, quality=88)


@dataclass(frozen=True)
class KnownObject:
    """A product in a photo, and its box in pixels, `right` and `bottom` outside."""

    category: str
    colour: str
    product_id: str
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True)
class Item:
    """A product by its looks, and where it lies.

    Centre and side are in pixels, the angle in degrees to the left.
    """

    category: str
    colour: str
    pattern: Pattern
    centre: tuple[int, int]
    side: int
    angle: float = 0.0
    mirrored: bool = False

    @property
    def product(self) -> Product:
        """The first product of the category and colour, if there is one with the pattern."""
        sold = [
            product
            for product in build_catalogue()
            if product.category == self.category and self.colour in product.colours
        ]
        return min(sold, key=lambda product: product.pattern != self.pattern)

    @property
    def thing(self) -> Thing:
        """The product as it is drawn."""
        look = self.product.look(self.colour)
        return Thing(self.category, look, self.centre, self.side, self.angle, self.mirrored)


@dataclass(frozen=True)
class Scene:
    """A photo by name: its items on a background, the same bytes every time."""

    name: str
    title: str
    background: str
    items: tuple[Item, ...]
    width: int = 1200
    height: int = 900
    seed: int = 1

    @property
    def objects(self) -> tuple[KnownObject, ...]:
        """What is to be seen, in the order of the items."""
        return _objects(self)

    def jpeg(self) -> bytes:
        """The photo as a JPEG file."""
        return photograph(self)


@cache
def _objects(scene: Scene) -> tuple[KnownObject, ...]:
    things = tuple(item.thing for item in scene.items)
    return tuple(
        KnownObject(item.category, item.colour, item.product.id, *box)
        for item, box in zip(scene.items, boxes((scene.width, scene.height), things), strict=True)
    )


@cache
def photograph(scene: Scene) -> bytes:
    """The JPEG file of a scene, drawn once."""
    random = np.random.default_rng(scene.seed)
    surface = BACKGROUNDS[scene.background].draw((scene.width, scene.height), random)
    picture = lay_out(surface, tuple(item.thing for item in scene.items))
    return _CAMERA.take(picture, random)
