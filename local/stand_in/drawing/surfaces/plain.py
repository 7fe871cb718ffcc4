"""Smooth surfaces: a studio's paper, a painted wall above a table."""

import numpy as np

from stand_in.drawing.colours import Rgb
from stand_in.drawing.surfaces.fields import Plane, Size, coordinates, layered, ramp

_PAPERS: tuple[tuple[Rgb, Rgb], ...] = (
    ((250, 248, 243), (226, 220, 210)),
    ((226, 234, 236), (196, 208, 212)),
    ((240, 226, 220), (216, 196, 188)),
    ((214, 216, 208), (184, 188, 178)),
)


def paper(size: Size, random: np.random.Generator) -> Plane:
    """One soft colour that darkens away from the window."""
    light, dark = _PAPERS[random.integers(len(_PAPERS))]
    across, down = coordinates(size)
    turn = random.uniform(0.3, 1.3)
    share = np.cos(turn) * across / size[0] + np.sin(turn) * down / size[1]
    return ramp(np.clip(share / 1.4, 0, 1), (light, dark))


def plaster(size: Size, random: np.random.Generator) -> Plane:
    """Paper with the unevenness of a painted wall."""
    unevenness = layered(size, max(size) / 5, random, 5)[..., None] - 0.5
    return paper(size, random) + 9 * unevenness


def concrete(size: Size, random: np.random.Generator) -> Plane:
    """Grey, clouded, with fine specks."""
    share = layered(size, max(size) / 6, random, 6)
    specks = random.normal(0, 3.0, (size[1], size[0])).astype(np.float32)
    return ramp(share, ((150, 150, 148), (206, 204, 200))) + specks[..., None]
