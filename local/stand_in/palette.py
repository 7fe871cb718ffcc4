"""The colours of an object's surface, as a histogram that forgives a small change of light."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from stand_in.lab import Floats

Weights = npt.NDArray[np.float32]

# Bins along L*, a*, b*: pairs of them become one after they were blurred.
_COUNTS: Final = (20, 24, 24)
_RANGES: Final = (0.0, 100.01, -96.0, 96.0, -96.0, 96.0)
_BLURS: Final = 2


def palette(lab: Floats, weights: Weights) -> Floats:
    """Square root of the share of each colour: distance between two is Hellinger's.

    `weights` (0 to 1 for each pixel of `lab`) may have a few different values, not a continuum.
    """
    total = np.zeros(_COUNTS, np.float32)
    for weight in np.unique(weights):
        if weight > 0:
            total += weight * _histogram(lab, weights == weight)
    for _ in range(_BLURS):
        total = _blurred(total)
    pooled = total.reshape(10, 2, 12, 2, 12, 2).sum(axis=(1, 3, 5))
    return np.asarray(np.sqrt(pooled / max(float(pooled.sum()), 1e-9)).ravel(), np.float32)


def _histogram(lab: Floats, counted: npt.NDArray[np.bool_]) -> Floats:
    found = cv2.calcHist([lab], [0, 1, 2], counted.astype(np.uint8), _COUNTS, _RANGES)
    return np.asarray(found, np.float32)


def _blurred(values: Floats) -> Floats:
    """Blur by (1, 2, 1) along every axis: near misses should still count as alike."""
    for axis in range(values.ndim):
        padded = np.pad(values, [(1, 1) if a == axis else (0, 0) for a in range(values.ndim)])
        count = values.shape[axis]
        before, here, after = (
            np.take(padded, range(start, start + count), axis) for start in range(3)
        )
        values = np.asarray((before + 2 * here + after) / 4, np.float32)
    return values
