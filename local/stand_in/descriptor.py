"""What an object looks like, as numbers: the colours of its surface and its silhouette."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from stand_in.lab import Floats

Mask = npt.NDArray[np.float32]

# Bin centres along L*, a*, b*: first centre, step, count.
_BINS: Final = ((0.0, 20.0, 6), (-80.0, 20.0, 9), (-80.0, 20.0, 10))
_GRID: Final = 18
_REACH: Final = 2.3  # half the grid's width, in root-mean-square radii of the silhouette
_VISIBLE: Final = 0.02


@dataclass(frozen=True)
class Descriptor:
    """Two vectors of length 1: Euclidean distance compares either with its like."""

    colour: Floats
    shape: Floats

    def mirrored(self) -> "Descriptor":
        """The same object facing the other way."""
        grid = self.shape.reshape(_GRID, _GRID)
        return Descriptor(self.colour, np.ascontiguousarray(grid[:, ::-1]).ravel())


def describe(lab: Floats, surface: Mask, silhouette: Mask | None = None) -> Descriptor:
    """Describe what `surface` (0 to 1 for each pixel of `lab`) weighs.

    `silhouette` gives the outline when it is not the surface's own. Both need at least one
    pixel that is not 0.
    """
    outline = surface if silhouette is None else silhouette
    return Descriptor(_unit(_colours(lab, surface)), _unit(_grid(outline)))


def _colours(lab: Floats, weights: Mask) -> Floats:
    """Square root of a soft L*a*b* histogram, so that distance is Hellinger's."""
    seen = weights > _VISIBLE
    counts = [count for _, _, count in _BINS]
    place = (lab[seen] - [first for first, _, _ in _BINS]) / [step for _, step, _ in _BINS]
    place = np.clip(place, 0, np.array(counts) - 1.001)
    low = place.astype(np.int64)
    part = place - low
    total = np.zeros(counts[0] * counts[1] * counts[2])
    for corner in np.ndindex(2, 2, 2):  # each pixel is shared by the eight bins around it
        share = np.prod(np.where(corner, part, 1 - part), axis=1) * weights[seen]
        cell = low + corner
        flat = (cell[:, 0] * counts[1] + cell[:, 1]) * counts[2] + cell[:, 2]
        total += np.bincount(flat, share, total.size)
    return np.sqrt(_soften(total.reshape(counts))).ravel()


def _grid(mask: Mask) -> Floats:
    """The silhouette on a coarse grid around its own centre, at its own scale."""
    rows, columns = np.nonzero(mask > 0.5 * float(mask.max()))
    y, x = rows - rows.mean(), columns - columns.mean()
    radius = max(float(np.sqrt((x * x + y * y).mean())), 1.0)
    cell = 2 * _REACH * radius / _GRID
    across = np.clip(x / cell + (_GRID - 1) / 2, 0, _GRID - 1.001)
    down = np.clip(y / cell + (_GRID - 1) / 2, 0, _GRID - 1.001)
    left, top = across.astype(np.int64), down.astype(np.int64)
    total = np.zeros(_GRID * _GRID)
    for step_y, step_x in np.ndindex(2, 2):
        share_x = across - left if step_x else 1 - (across - left)
        share_y = down - top if step_y else 1 - (down - top)
        flat = (top + step_y) * _GRID + left + step_x
        total += np.bincount(flat, share_x * share_y, total.size)
    density = np.minimum(total / (cell * cell), 1.0)
    return _soften(density.reshape(_GRID, _GRID)).ravel()


def _soften(values: npt.NDArray[np.float64]) -> Floats:
    """Blur by (1, 2, 1) along every axis: near misses should still count as alike."""
    for axis in range(values.ndim):
        padded = np.pad(values, [(1, 1) if a == axis else (0, 0) for a in range(values.ndim)])
        before, here, after = (
            np.take(padded, range(start, start + values.shape[axis]), axis) for start in range(3)
        )
        values = (before + 2 * here + after) / 4
    return values.astype(np.float32)


def _unit(vector: Floats) -> Floats:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
