"""An object's pattern: how strongly its lightness swings, how finely, and in which direction.

The power spectrum of the surface, summed over rings (fineness) and sectors (direction). A turn of
the object turns the sectors alone, so that a spectrum need not be taken again for each pose.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from stand_in.vision.frame import Frame
from stand_in.vision.lab import Floats
from stand_in.vision.palette import Weights

SIDE: Final = 96
SECTORS: Final = 12  # of the half circle, for a real picture's spectrum is the same on both halves
_RINGS: Final = (4.0, 6.5, 9.5, 13.5, 19.0, 26.0)  # swings across the view, between rings
_SMOOTH = 7.0  # pixels: what changes more slowly is the light's doing, not the pattern's
_RIM = 4  # pixels of the edge that are left out: they may be the background's
_FAINT = 2.6  # deviations of L* that count half as much as the strongest


def spectrum(lightness: Floats, silhouette: Weights, frame: Frame) -> Floats:
    """Rings by sectors; length 0 for a plain surface, towards 1 for a strong pattern."""
    inside = _inside(frame.view(silhouette, SIDE))
    swing = _swing(frame.view(lightness, SIDE), inside)
    waves = np.asarray(cv2.dft(swing, flags=cv2.DFT_COMPLEX_OUTPUT), np.float32)
    power = (waves**2).sum(axis=-1) / (max(float(inside.sum()), 1.0) * SIDE**2)
    summed = np.bincount(_BINS.ravel(), power.ravel(), len(_RINGS) * SECTORS + 1)[:-1]
    bins = np.asarray(summed.reshape(-1, SECTORS), np.float32)
    deviation = np.sqrt(_along_sectors(bins))
    length = float(np.linalg.norm(deviation))
    return np.asarray(deviation / (length + _FAINT), np.float32).ravel()


def turned(spectra: Floats, angle: float) -> Floats:
    """The spectrum of the object turned by `angle` degrees to the left."""
    rings = spectra.reshape(-1, SECTORS)
    steps = angle / 180 * SECTORS
    low = int(np.floor(steps))
    part = steps - low
    between = (1 - part) * np.roll(rings, low, 1) + part * np.roll(rings, low + 1, 1)
    return np.asarray(between.reshape(spectra.shape), np.float32)


def mirrored(spectra: Floats) -> Floats:
    """The same patterns seen in a mirror."""
    rings = spectra.reshape(-1, SECTORS)
    return np.ascontiguousarray(rings[:, ::-1]).reshape(spectra.shape)


def _inside(silhouette: Floats) -> Floats:
    solid = (silhouette > 0.5).astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _RIM + 1, 2 * _RIM + 1))
    core = cv2.erode(solid, disc)
    if not core.any():  # a thing of thin parts only
        core = solid
    return np.asarray(cv2.GaussianBlur(core.astype(np.float32), (0, 0), 1.0), np.float32)


def _swing(lightness: Floats, inside: Floats) -> Floats:
    """What is left of lightness when its slow change is taken out; 0 outside the object."""
    weight = np.asarray(cv2.GaussianBlur(inside, (0, 0), _SMOOTH)) + 1e-4
    mean = np.asarray(cv2.GaussianBlur(lightness * inside, (0, 0), _SMOOTH)) / weight
    return np.asarray((lightness - mean) * inside, np.float32)


def _along_sectors(bins: Floats) -> Floats:
    """Shared with the neighbouring directions, the first of which follows the last."""
    return np.asarray((np.roll(bins, 1, 1) + 2 * bins + np.roll(bins, -1, 1)) / 4, np.float32)


def _spectrum_bins() -> npt.NDArray[np.int64]:
    """For each place of the spectrum its ring and sector as one number; the last is none."""
    down = np.fft.fftfreq(SIDE, 1 / SIDE)[:, None]
    across = down.T
    ring = np.digitize(np.hypot(across, down), _RINGS) - 1
    # Rows run down: turning the object to the left turns the direction towards less `down`.
    direction = np.arctan2(-down, across) % np.pi
    sector = np.floor(direction / np.pi * SECTORS).astype(np.int64) % SECTORS
    outside = (ring < 0) | (ring >= len(_RINGS) - 1)
    return np.where(outside, len(_RINGS) * SECTORS, ring * SECTORS + sector)


_BINS: Final = _spectrum_bins()
