"""Objects in a picture: what stands out from a smooth background, in connected pieces.

It is honest rather than clever: a background is taken to be smooth, and known from the border.
Where that does not hold (a busy background, an object that fills the frame) it finds nothing.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stand_in.lab import Floats

Bools = npt.NDArray[np.bool_]

_LIGHTNESS_SHARE = 0.45  # shadows differ from their background in lightness alone
_LEAST_CONTRAST = 11.0
_LEAST_AREA = 0.006  # of the picture
_MOST_AREA = 0.85
_MOST_OBJECTS = 6


@dataclass(frozen=True)
class Region:
    """One object: its pixels, and its box (left, top, right, bottom; right and bottom outside)."""

    mask: Bools
    box: tuple[int, int, int, int]

    @property
    def interior(self) -> tuple[int, int]:
        """A point (x, y) of the object itself, as near to its middle as there is one."""
        rows, columns = np.nonzero(self.mask)
        away = (rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2
        nearest = int(np.argmin(away))
        return int(columns[nearest]), int(rows[nearest])


def find_regions(lab: Floats) -> list[Region]:
    """The objects in a picture, largest first; empty when there is nothing usable."""
    foreground = _stands_out(lab)
    share = float(foreground.mean())
    if not _LEAST_AREA <= share <= _MOST_AREA:
        return []
    labels = _connected(foreground)
    names, areas = np.unique(labels[foreground], return_counts=True)
    large = [
        (int(area), int(name))
        for name, area in zip(names, areas, strict=True)
        if area >= _LEAST_AREA * foreground.size
    ]
    large.sort(key=lambda found: (-found[0], found[1]))
    return [_region(labels == name) for _, name in large[:_MOST_OBJECTS]]


def _stands_out(lab: Floats) -> Bools:
    """Pixels that differ from a smooth surface fitted to the picture's border."""
    height, width = lab.shape[:2]
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    terms = np.stack([np.ones_like(x), x, y, x * x, x * y, y * y], axis=-1)
    frame = _frame(height, width)
    sample, values = terms[frame], lab[frame]
    kept = np.ones(len(sample), bool)
    for _ in range(3):  # fit, leave out what is far off (an object that touches the border), again
        surface, *_rest = np.linalg.lstsq(sample[kept], values[kept], rcond=None)
        off = _contrast(values - sample @ surface)
        kept = off <= max(2.5 * float(np.median(off)), 2.0)
    threshold = max(_LEAST_CONTRAST, 3.0 * float(np.percentile(off[kept], 95)))
    return np.asarray(_contrast(lab - terms @ surface) > threshold)


def _contrast(difference: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    lightness = difference[..., 0] * _LIGHTNESS_SHARE
    distance = np.sqrt(lightness**2 + difference[..., 1] ** 2 + difference[..., 2] ** 2)
    return np.asarray(distance)


def _frame(height: int, width: int) -> Bools:
    frame = np.ones((height, width), bool)
    edge = max(2, min(height, width) // 24)
    frame[edge:-edge, edge:-edge] = False
    return frame


def _connected(foreground: Bools) -> npt.NDArray[np.int64]:
    """A number for each connected piece (8 neighbours): the smallest pixel index in it."""
    height, width = foreground.shape
    none = foreground.size
    labels = np.full((height + 2, width + 2), none, np.int64)
    labels[1:-1, 1:-1][foreground] = np.flatnonzero(foreground)
    inner = labels[1:-1, 1:-1]
    while True:
        least = inner.copy()
        for down in range(3):
            for across in range(3):
                np.minimum(least, labels[down : down + height, across : across + width], out=least)
        least[~foreground] = none
        # Jump to the label of the pixel that lends its name: halves the way each round.
        table = np.append(least.ravel(), none)
        least = table[table[least]]
        if np.array_equal(least, inner):
            return inner
        inner[...] = least


def _region(mask: Bools) -> Region:
    rows = np.flatnonzero(mask.any(axis=1))
    columns = np.flatnonzero(mask.any(axis=0))
    box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
    return Region(mask, box)
