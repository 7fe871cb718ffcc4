"""The pictures of the products, as a shop would photograph them."""

import io
from collections.abc import Iterable
from functools import lru_cache

from PIL import Image

from stand_in.catalogue.products import Product
from stand_in.drawing.look import Look
from stand_in.drawing.scene import Placement, backdrop, compose
from stand_in.drawing.sprites import sprite

PICTURE_SIDE = 480  # pixels

_STUDIO_TOP = (248, 246, 242)
_STUDIO_BOTTOM = (232, 228, 222)


class ProductImages:
    """PNG files by name: `shoe-01-red`, or `shoe-01` for a product's first colour."""

    def __init__(self, products: Iterable[Product]) -> None:
        """Name the pictures; each is drawn when it is first asked for."""
        self._looks: dict[str, tuple[str, Look]] = {}
        for product in products:
            for colour in product.colours:
                named = (product.category, product.look(colour))
                self._looks.setdefault(product.id, named)
                self._looks[product.picture_id(colour)] = named

    def png(self, name: str) -> bytes | None:
        """The file, or None when no product has this name."""
        named = self._looks.get(name)
        return None if named is None else _draw(*named)


@lru_cache(maxsize=128)
def _draw(category: str, look: Look) -> bytes:
    scene = studio_shot(category, look)
    file = io.BytesIO()
    scene.save(file, "PNG")
    return file.getvalue()


def studio_shot(category: str, look: Look) -> Image.Image:
    """The product on a light studio background, RGB."""
    middle = PICTURE_SIDE // 2
    drawn = sprite(category, look, PICTURE_SIDE * 4 // 5)
    background = backdrop((PICTURE_SIDE, PICTURE_SIDE), _STUDIO_TOP, _STUDIO_BOTTOM)
    return compose(background, [Placement(drawn, (middle, middle))])
