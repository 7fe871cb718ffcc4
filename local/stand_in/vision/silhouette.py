"""An object's outline as a coarse grid: how much of each cell it covers."""

from typing import Final

import cv2
import numpy as np

from stand_in.vision.frame import Frame, frame_of
from stand_in.vision.lab import Floats
from stand_in.vision.palette import Weights

GRID: Final = 24
_FINE = 3  # pixels of a cell along each axis
_BLUR = 0.7  # cells
_THIN = 0.08  # of the root-mean-square radius: parts that a photo may lose


def outline_grid(silhouette: Weights, frame: Frame, angle: float = 0.0) -> Floats:
    """A vector of length 1, row by row."""
    fine = frame.view(silhouette, GRID * _FINE, angle)
    grid = cv2.resize(fine, (GRID, GRID), interpolation=cv2.INTER_AREA)
    soft = np.asarray(cv2.GaussianBlur(grid, (0, 0), _BLUR), np.float32).ravel()
    return soft / max(float(np.linalg.norm(soft)), 1e-9)


def mirrored(grids: Floats) -> Floats:
    """The same outlines (one a row) facing the other way."""
    return grids.reshape(-1, GRID, GRID)[:, :, ::-1].reshape(grids.shape)


def as_seen(silhouette: Weights) -> list[Weights]:
    """A silhouette as it is, with its holes filled, and without its thin parts.

    In a photo, shadow fills the ring of a handle, and a wire is lost in a pattern behind it.
    """
    solid = (silhouette > 0.5).astype(np.uint8)
    around, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(solid)
    cv2.drawContours(filled, around, -1, 1, cv2.FILLED)
    reach = max(1, round(_THIN * frame_of(silhouette).radius))
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    thick = cv2.morphologyEx(solid, cv2.MORPH_OPEN, disc)
    kept = thick if thick.any() else solid
    return [silhouette, filled.astype(np.float32), kept.astype(np.float32)]
