"""The colours of an object's surface, as a histogram that forgives a small change of light."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from stand_in.vision.lab import Floats

Weights = npt.NDArray[np.float32]

# Bins along L*, a*, b*, and the range of each.
_COUNTS: Final = (20, 24, 24)
_RANGES: Final = (0.0, 100.01, -96.0, 96.0, -96.0, 96.0)


def palette(lab: Floats, weights: Weights) -> Floats:
    """Square root of the share of each colour: distance between two is Hellinger's.

    `weights` (0 to 1 for each pixel of `lab`) may have a few different values, not a continuum.
    """
    total = np.zeros(_COUNTS, np.float32)
    for weight in np.unique(weights):
        if weight > 0:
            total += weight * _histogram(lab, weights == weight)
    for soften in _SOFTEN:  # an axis at a time: each goes to the end, and the next is first
        total = np.tensordot(total, soften, axes=(0, 1))
    return np.asarray(np.sqrt(total / max(float(total.sum()), 1e-9)).ravel(), np.float32)


def _histogram(lab: Floats, counted: npt.NDArray[np.bool_]) -> Floats:
    found = cv2.calcHist([lab], [0, 1, 2], counted.astype(np.uint8), _COUNTS, _RANGES)
    return np.asarray(found, np.float32)


def _softening(count: int) -> Floats:
    """Blurs `count` bins by (1, 2, 1), twice, and adds up pairs: near misses count as alike."""
    step = (2 * np.eye(count) + np.eye(count, k=1) + np.eye(count, k=-1)) / 4
    return np.asarray((step @ step).reshape(count // 2, 2, count).sum(axis=1), np.float32)


_SOFTEN: Final = tuple(_softening(count) for count in _COUNTS)
