"""Products laid on a surface, each with its soft shadow, and where in the picture each is."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from stand_in.drawing.look import Look
from stand_in.drawing.sprites import sprite
from stand_in.drawing.surfaces.fields import Plane, Size

Box = tuple[int, int, int, int]

_SHADOW_DEPTH = 0.42
_EDGE = 128  # of 255: a pixel that covers more than half is part of the object


@dataclass(frozen=True)
class Thing:
    """A product in a picture: centre and side of its sprite in pixels, degrees to the left."""

    category: str
    look: Look
    centre: tuple[int, int]
    side: int
    angle: float = 0.0
    mirrored: bool = False


def lay_out(surface: Plane, things: tuple[Thing, ...]) -> Plane:
    """The picture (height, width, 3; grey levels) of the things on a surface of that size."""
    picture = surface.astype(np.float32)
    for thing in things:
        cover = _cover(thing, (surface.shape[1], surface.shape[0]))
        picture = _lay(picture, np.asarray(cover), thing.side)
    return picture


def boxes(size: Size, things: tuple[Thing, ...]) -> tuple[Box, ...]:
    """Where each thing is in the picture: left, top, right, bottom; the last two outside."""
    return tuple(_box(_cover(thing, size)) for thing in things)


@lru_cache(maxsize=4)  # to draw a thing and to tell its box
def _cover(thing: Thing, size: Size) -> Image.Image:
    """The product alone, at its place in an otherwise transparent picture."""
    drawn = sprite(thing.category, thing.look, thing.side)
    if thing.mirrored:
        drawn = drawn.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    turned = drawn.rotate(thing.angle, Image.Resampling.BICUBIC, expand=True)
    cover = Image.new("RGBA", size, (0, 0, 0, 0))
    x, y = thing.centre
    cover.paste(turned, (x - turned.width // 2, y - turned.height // 2))
    return cover


def _lay(picture: Plane, cover: npt.NDArray[np.uint8], side: int) -> Plane:
    opaque = np.asarray(cover[..., 3], np.float32) / np.float32(255)
    shaded = picture * (1 - _SHADOW_DEPTH * _shadow(opaque, side)[..., None])
    share = opaque[..., None]
    return np.asarray(shaded * (1 - share) + cover[..., :3] * share, np.float32)


def _shadow(alpha: Plane, side: int) -> Plane:
    """A close dark shadow and a wide faint one, both away from a window at the upper left."""
    near, far = side * 0.012, side * 0.05
    close = cv2.GaussianBlur(_moved(alpha, near), (0, 0), near)
    wide = cv2.GaussianBlur(_moved(alpha, far * 0.7), (0, 0), far)
    return np.asarray(0.45 * close + 0.55 * wide, np.float32)


def _moved(plane: Plane, distance: float) -> Plane:
    shift = np.array([[1, 0, 0.6 * distance], [0, 1, distance]], np.float32)
    return np.asarray(cv2.warpAffine(plane, shift, (plane.shape[1], plane.shape[0])), np.float32)


def _box(cover: Image.Image) -> Box:
    solid = cover.getchannel("A").point(lambda alpha: 255 if alpha > _EDGE else 0)
    box = solid.getbbox()
    assert box is not None, "a thing is outside its picture"
    return box
