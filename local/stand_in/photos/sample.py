"""The demonstration picture: a red shoe, photographed at home."""

import io
from functools import cache

from PIL import Image, ImageFilter

from stand_in.drawing.look import Look
from stand_in.drawing.scene import Placement, backdrop, compose, grain
from stand_in.drawing.sprites import sprite

_SIZE = (900, 700)
_WALL = (238, 232, 222)
_TABLE = (214, 200, 182)


@cache
def sample_jpeg() -> bytes:
    """The picture as a JPEG file; the same bytes every time."""
    shoe = sprite("shoe", Look("red"), 620).transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    scene = compose(backdrop(_SIZE, _WALL, _TABLE), [Placement(shoe, (456, 350), 6.0)])
    photo = grain(scene.filter(ImageFilter.GaussianBlur(0.6)), 2.0, seed=7)
    file = io.BytesIO()
    photo.save(file, "JPEG", quality=88)
    return file.getvalue()
