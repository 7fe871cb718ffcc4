"""Surface patterns: how strongly a second colour shows at each point of a product."""

from typing import Literal

import numpy as np
import numpy.typing as npt

Pattern = Literal["plain", "striped", "dotted"]
Plane = npt.NDArray[np.float32]

_STRIPE_PERIOD = 11.0
_DOT_PERIOD = 10.0
_DOT_RADIUS = 2.6


def strength(pattern: Pattern, across: Plane, down: Plane) -> Plane:
    """0 (body colour) to 1 (second colour) for coordinates in hundredths of the canvas."""
    if pattern == "striped":
        return ((down % _STRIPE_PERIOD) < _STRIPE_PERIOD * 0.42).astype(np.float32)
    if pattern == "dotted":
        return _dots(across, down)
    return np.zeros_like(across)


def _dots(across: Plane, down: Plane) -> Plane:
    row = np.floor(down / _DOT_PERIOD)
    shifted = across + (row % 2) * _DOT_PERIOD / 2  # every second row moves by half a period
    away_x = shifted % _DOT_PERIOD - _DOT_PERIOD / 2
    away_y = down % _DOT_PERIOD - _DOT_PERIOD / 2
    inside: npt.NDArray[np.bool_] = np.hypot(away_x, away_y) < _DOT_RADIUS
    return inside.astype(np.float32)
