"""An object's outline as a coarse grid: how much of each cell it covers."""

import cv2
import numpy as np

from stand_in.frame import Frame
from stand_in.lab import Floats
from stand_in.palette import Weights

GRID = 20
_FINE = 3  # pixels of a cell along each axis
_BLUR = 0.8  # cells


def outline_grid(silhouette: Weights, frame: Frame, angle: float = 0.0) -> Floats:
    """A vector of length 1, row by row."""
    fine = frame.view(silhouette, GRID * _FINE, angle)
    grid = cv2.resize(fine, (GRID, GRID), interpolation=cv2.INTER_AREA)
    soft = np.asarray(cv2.GaussianBlur(grid, (0, 0), _BLUR), np.float32).ravel()
    return soft / max(float(np.linalg.norm(soft)), 1e-9)


def mirrored(grids: Floats) -> Floats:
    """The same outlines (one a row) facing the other way."""
    return grids.reshape(-1, GRID, GRID)[:, :, ::-1].reshape(grids.shape)
