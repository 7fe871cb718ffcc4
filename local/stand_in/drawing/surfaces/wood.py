"""Wood: planks with grain, each a little different from the next."""

import numpy as np

from stand_in.drawing.colours import Rgb
from stand_in.drawing.surfaces.fields import Plane, Size, clouds, coordinates, layered, ramp

_OAK: tuple[Rgb, ...] = ((138, 98, 62), (176, 132, 88), (200, 160, 114))
_WALNUT: tuple[Rgb, ...] = ((72, 48, 34), (104, 72, 50), (130, 94, 68))
_ASH: tuple[Rgb, ...] = ((182, 164, 138), (208, 192, 166), (226, 212, 190))


def oak(size: Size, random: np.random.Generator) -> Plane:
    """A warm, light brown table."""
    return _planks(size, random, _OAK)


def walnut(size: Size, random: np.random.Generator) -> Plane:
    """A dark table."""
    return _planks(size, random, _WALNUT)


def ash(size: Size, random: np.random.Generator) -> Plane:
    """A pale floor."""
    return _planks(size, random, _ASH)


def _planks(size: Size, random: np.random.Generator, colours: tuple[Rgb, ...]) -> Plane:
    _, down = coordinates(size)
    plank = max(size) / 7
    bend = clouds(size, (max(size) / 3, plank), random) * plank * 0.5
    place = down + bend * 0.06
    number = (place / plank).astype(np.int64)
    tone = random.uniform(-0.14, 0.14, int(number.max()) + 1)[number].astype(np.float32)
    offset = random.uniform(0, 99, int(number.max()) + 1)[number].astype(np.float32)
    rings = np.sin((down + bend + offset * 7) * (2 * np.pi / (plank * 0.22)))
    fibre = clouds(size, (max(size) / 9, 2.2), random) - 0.5
    share = 0.5 + tone + 0.13 * rings + 0.42 * fibre
    share += 0.12 * (layered(size, max(size) / 8, random, 2) - 0.5)
    gap = np.minimum(place % plank, plank - place % plank) < plank * 0.012
    wood = ramp(np.clip(share, 0, 1), colours)
    return np.where(gap[..., None], wood * 0.55, wood).astype(np.float32)
