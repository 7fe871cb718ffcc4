"""Surface patterns: how strongly a second colour shows at each point of a product."""

from typing import Literal

import numpy as np
import numpy.typing as npt

Pattern = Literal["plain", "striped", "dotted", "checked", "zigzag", "pinstriped"]
Plane = npt.NDArray[np.float32]

_STRIPE_PERIOD = 11.0
_DOT_PERIOD = 10.0
_DOT_RADIUS = 2.6
_CHECK_PERIOD = 13.0
_ZIGZAG_PERIOD, _ZIGZAG_SWING = 12.0, 9.0
_PINSTRIPE_PERIOD = 8.0


def strength(pattern: Pattern, across: Plane, down: Plane) -> Plane:
    """0 (body colour) to 1 (second colour) for coordinates in hundredths of the canvas."""
    if pattern == "striped":
        return ((down % _STRIPE_PERIOD) < _STRIPE_PERIOD * 0.42).astype(np.float32)
    if pattern == "dotted":
        return _dots(across, down)
    if pattern == "checked":
        return _checks(across, down)
    if pattern == "zigzag":
        return _zigzag(across, down)
    if pattern == "pinstriped":
        return ((across % _PINSTRIPE_PERIOD) < _PINSTRIPE_PERIOD * 0.34).astype(np.float32)
    return np.zeros_like(across)


def _dots(across: Plane, down: Plane) -> Plane:
    row = np.floor(down / _DOT_PERIOD)
    shifted = across + (row % 2) * _DOT_PERIOD / 2  # every second row moves by half a period
    away_x = shifted % _DOT_PERIOD - _DOT_PERIOD / 2
    away_y = down % _DOT_PERIOD - _DOT_PERIOD / 2
    inside: npt.NDArray[np.bool_] = np.hypot(away_x, away_y) < _DOT_RADIUS
    return inside.astype(np.float32)


def _checks(across: Plane, down: Plane) -> Plane:
    """Gingham: bands both ways, at their strongest where they cross."""
    bands = [(axis % _CHECK_PERIOD) < _CHECK_PERIOD / 2 for axis in (across, down)]
    return ((bands[0].astype(np.float32) + bands[1]) / 2).astype(np.float32)


def _zigzag(across: Plane, down: Plane) -> Plane:
    swing = np.abs(across % (2 * _ZIGZAG_SWING) - _ZIGZAG_SWING)
    inside: npt.NDArray[np.bool_] = (down + swing) % _ZIGZAG_PERIOD < _ZIGZAG_PERIOD * 0.42
    return inside.astype(np.float32)
