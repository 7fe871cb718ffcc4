"""Tiles and bricks."""

import numpy as np
import numpy.typing as npt

from stand_in.drawing.colours import Rgb
from stand_in.drawing.surfaces.fields import Bools, Plane, Size, coordinates, layered, ramp

_BRICK: tuple[Rgb, ...] = ((138, 78, 60), (168, 98, 74), (190, 122, 96))
_TILE_PAIRS: tuple[tuple[Rgb, Rgb], ...] = (
    ((228, 226, 220), (156, 172, 176)),
    ((222, 210, 192), (176, 150, 128)),
    ((214, 220, 214), (122, 146, 134)),
)


def brick(size: Size, random: np.random.Generator) -> Plane:
    """A wall of bricks, every second course moved by half."""
    across, down = coordinates(size)
    height = max(size) / random.uniform(16, 22)
    length = height * 2.9
    course = (down / height).astype(np.int64)
    along = across + (course % 2) * length / 2
    stone = (along / length).astype(np.int64)
    tones = random.uniform(0.2, 0.8, (int(course.max()) + 1, int(stone.max()) + 1))
    share = tones[course, stone] + 0.4 * (layered(size, height, random) - 0.5)
    joint = _edge(along, length, height * 0.1) | _edge(down, height, height * 0.1)
    wall = ramp(np.clip(share, 0, 1), _BRICK)
    mortar = np.array((190, 180, 168), np.float32)
    return np.where(joint[..., None], mortar, wall).astype(np.float32)


def tiles(size: Size, random: np.random.Generator) -> Plane:
    """A floor of tiles in two colours, laid like a chessboard."""
    light, dark = _TILE_PAIRS[random.integers(len(_TILE_PAIRS))]
    across, down = coordinates(size)
    side = max(size) / random.uniform(11, 16)
    parity = ((across / side).astype(np.int64) + (down / side).astype(np.int64)) % 2
    veins = layered(size, side, random, 5)
    share = np.clip(parity + 0.5 * (veins - 0.5), 0, 1)
    floor = ramp(share, (light, dark))
    grout = _edge(across, side, side * 0.035) | _edge(down, side, side * 0.035)
    return np.where(grout[..., None], floor * 0.8, floor).astype(np.float32)


def terrazzo(size: Size, random: np.random.Generator) -> Plane:
    """A pale stone with coloured chips in it."""
    chip = max(size) / 60
    height = layered(size, chip * 2, random, 2)
    tone = layered(size, chip * 3, random, 1)
    chips: tuple[Rgb, ...] = ((198, 142, 120), (130, 140, 138), (206, 186, 150), (112, 104, 104))
    stone = ramp(layered(size, max(size) / 4, random), ((226, 220, 212), (238, 234, 228)))
    return np.where((height > 0.62)[..., None], ramp(tone, chips), stone).astype(np.float32)


def _edge(place: npt.NDArray[np.floating], period: float, width: float) -> Bools:
    return np.asarray(place % period < width)
