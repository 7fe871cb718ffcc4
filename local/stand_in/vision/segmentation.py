"""Objects in a picture: what stands out from its surroundings, in connected pieces."""

from dataclasses import dataclass

import cv2
import numpy as np

from stand_in.vision.lab import Floats
from stand_in.vision.outline import outlined
from stand_in.vision.surroundings import Bools, evened, unlikeness

_SIDE = 224  # pixels: objects are looked for at this size
_LEAST_SIDE = 16
_STANDS_OUT = 1.2  # unlikeness
_LEAST_PEAK = 1.8
_LEAST_AREA = 0.006  # of the picture
_MOST_AREA = 0.85
_LEAST_PART = 0.001  # of the picture
_MOST_PART = 0.5  # of the object that a part belongs to
_GAP = 5  # pixels
_MOST_OBJECTS = 6


@dataclass(frozen=True)
class Region:
    """One object: its pixels, and its box (left, top, right, bottom; right and bottom outside)."""

    mask: Bools
    box: tuple[int, int, int, int]

    @property
    def interior(self) -> tuple[int, int]:
        """The point (x, y) of the object itself that is farthest from its outline."""
        framed = np.pad(self.mask.astype(np.uint8), 1)
        depth = cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1]
        y, x = np.unravel_index(int(np.argmax(depth)), depth.shape)
        return int(x), int(y)


def find_regions(lab: Floats) -> list[Region]:
    """The objects in a picture, largest first; empty when there is nothing usable."""
    height, width = lab.shape[:2]
    if min(height, width) < _LEAST_SIDE:
        return []
    scale = min(1.0, _SIDE / max(height, width))
    small = (max(round(width * scale), _LEAST_SIDE), max(round(height * scale), _LEAST_SIDE))
    masks = _masks(np.asarray(cv2.resize(lab, small, interpolation=cv2.INTER_AREA), np.float32))
    return [_region(mask, width, height) for mask in masks]


def _masks(lab: Floats) -> list[Bools]:
    picture = evened(lab)
    unlike = unlikeness(picture)
    exact = np.zeros(unlike.shape, bool)
    for coarse in _pieces(_rough(unlike), 0.7 * _LEAST_AREA):
        if unlike[coarse].max() >= _LEAST_PEAK:
            exact |= outlined(picture, coarse)
    if float(exact.mean()) > _MOST_AREA:
        return []
    objects = _rejoined(_pieces(exact, _LEAST_PART))
    return [mask for mask in objects if mask.mean() >= _LEAST_AREA][:_MOST_OBJECTS]


def _rejoined(pieces: list[Bools]) -> list[Bools]:
    """A small piece right beside a large one is a part of it: the foot of a lamp, a heel."""
    joined: list[Bools] = []
    reach = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _GAP + 1, 2 * _GAP + 1))
    for piece in pieces:
        around = cv2.dilate(piece.astype(np.uint8), reach).astype(bool)
        whole = next((mask for mask in joined if (mask & around).any()), None)
        if whole is not None and piece.sum() < _MOST_PART * whole.sum():
            whole |= piece
        else:
            joined.append(piece)
    return joined


def _rough(unlike: Floats) -> Bools:
    """What stands out, without specks, and with its small gaps closed."""
    found = (unlike > _STANDS_OUT).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)).astype(np.uint8)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    return np.asarray(cv2.morphologyEx(found, cv2.MORPH_CLOSE, disc), bool)


def _pieces(mask: Bools, least: float) -> list[Bools]:
    """The connected pieces of at least this share of the picture, largest first."""
    count, labels, facts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    areas = facts[:, cv2.CC_STAT_AREA]
    names = [name for name in range(1, count) if areas[name] >= least * mask.size]
    names.sort(key=lambda name: (-areas[name], name))
    return [labels == name for name in names]


def _region(mask: Bools, width: int, height: int) -> Region:
    """The region at the picture's own size."""
    share = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    full = np.asarray(share > 0.5)
    left, top, across, down = cv2.boundingRect(full.astype(np.uint8))
    return Region(full, (left, top, left + across, top + down))
