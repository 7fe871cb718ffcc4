"""Products laid on a surface, each with its soft shadow, and where in the picture each is."""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from stand_in.drawing.look import Look
from stand_in.drawing.sprites import sprite
from stand_in.drawing.surfaces.fields import Plane

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


def lay_out(surface: Plane, things: tuple[Thing, ...]) -> tuple[Plane, tuple[Box, ...]]:
    """The picture (height, width, 3; grey levels) and each thing's box, right and bottom outside.

    A thing has to be in the picture by at least a pixel.
    """
    picture = surface.astype(np.float32)
    covers = [_cover(thing, surface.shape[1], surface.shape[0]) for thing in things]
    for thing, cover in zip(things, covers, strict=True):
        picture = _lay(picture, np.asarray(cover), thing.side)
    return picture, tuple(_box(cover) for cover in covers)


def _cover(thing: Thing, width: int, height: int) -> Image.Image:
    """The product alone, at its place in an otherwise transparent picture."""
    drawn = sprite(thing.category, thing.look, thing.side)
    if thing.mirrored:
        drawn = drawn.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    turned = drawn.rotate(thing.angle, Image.Resampling.BICUBIC, expand=True)
    cover = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    x, y = thing.centre
    cover.paste(turned, (x - turned.width // 2, y - turned.height // 2))
    return cover


def _lay(picture: Plane, cover: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], side: int) -> Plane:
    alpha = cover[..., 3].astype(np.float32) / 255
    shade = _shadow(alpha, side)
    shaded = picture * (1 - _SHADOW_DEPTH * shade[..., None])
    opaque = alpha[..., None]
    return np.asarray(shaded * (1 - opaque) + cover[..., :3] * opaque, np.float32)


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
