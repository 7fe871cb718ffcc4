"""Cloth: gingham, linen, carpet."""

import numpy as np

from stand_in.drawing.colours import Rgb
from stand_in.drawing.surfaces.fields import Plane, Size, clouds, coordinates, layered, ramp

_GINGHAMS: tuple[Rgb, ...] = ((176, 60, 62), (70, 104, 158), (92, 132, 100), (120, 120, 124))
_CARPETS: tuple[tuple[Rgb, Rgb], ...] = (
    ((122, 112, 102), (186, 176, 162)),
    ((60, 74, 92), (116, 130, 148)),
    ((150, 136, 116), (214, 202, 184)),
)


def gingham(size: Size, random: np.random.Generator) -> Plane:
    """A checked table cloth."""
    colour = _GINGHAMS[random.integers(len(_GINGHAMS))]
    across, down = coordinates(size)
    check = max(size) / random.uniform(26, 40)
    sway = (layered(size, max(size) / 3, random, 2) - 0.5) * check
    bands = [((place + sway) % (2 * check) < check) for place in (across, down)]
    share = (bands[0].astype(np.float32) + bands[1].astype(np.float32)) / 2
    cloth = ramp(share, ((244, 240, 234), colour))
    return cloth + _weave(size, random, 7)


def linen(size: Size, random: np.random.Generator) -> Plane:
    """A natural cloth with soft folds."""
    folds = clouds(size, (max(size) / 7, max(size) / 3), random)
    return ramp(folds, ((188, 176, 156), (222, 212, 194))) + _weave(size, random, 16)


def carpet(size: Size, random: np.random.Generator) -> Plane:
    """A coarse, tufted floor."""
    dark, light = _CARPETS[random.integers(len(_CARPETS))]
    tuft = max(size) / 260
    share = 0.65 * clouds(size, (tuft * 1.6, tuft * 1.6), random) + 0.35 * layered(
        size, max(size) / 8, random
    )
    return ramp(share, (dark, light))


def _weave(size: Size, random: np.random.Generator, strength: float) -> Plane:
    warp = clouds(size, (1.5, max(size) / 24), random)
    weft = clouds(size, (max(size) / 24, 1.5), random)
    return ((warp + weft - 1) * strength)[..., None]
