"""What a picture's background looks like, learnt from its border, and what looks unlike it.

A background may have several colours and a texture, and its light may change softly across it.
So its slow change is taken out first, and the rest is modelled as a mixture of a few colours at
three scales: a check of a table cloth is told by its pixels, a shoe in the check's own red by the
mean of a patch, which no patch of the cloth has.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from stand_in.vision.lab import Floats

Bools = npt.NDArray[np.bool_]

# A shadow differs from what it lies on in lightness alone, which therefore counts less.
_CHANNELS: Final = np.array([0.55, 1.0, 1.0], np.float32)
_BORDER = 14  # the border is a 14th of the picture's shorter side
_SAMPLES = 1500
_LEAST_SHARE = 0.02  # a colour of fewer of the border's pixels is an object's that touches it


@dataclass(frozen=True)
class _Scale:
    """`blur` in pixels; how many `colours`; the deviation that every colour has at least;
    the share of the border that is taken for background without a doubt."""

    blur: float
    colours: int
    deviation: float
    share: float


_SCALES: Final = (_Scale(0.8, 6, 3.0, 99), _Scale(2.5, 4, 2.5, 98), _Scale(5.0, 3, 2.5, 96))
_EDGE = 0.5
_LEAST_REACH = 2.2  # deviations: a flat background would otherwise be found unlike itself


def evened(lab: Floats) -> Floats:
    """The picture without the background's slow change, lightness weighed down."""
    weighed = lab * _CHANNELS
    slow = _slow_change(weighed, border_of(*lab.shape[:2]))
    return np.asarray(weighed - slow, np.float32)


def unlikeness(picture: Floats) -> Floats:
    """For each pixel of an evened picture: 1 is as unlike the background as it gets itself."""
    border = border_of(*picture.shape[:2])
    found = [_unlikeness_at(picture, border, scale) for scale in _SCALES]
    return np.asarray(np.max(found, axis=0), np.float32)


def border_of(height: int, width: int) -> Bools:
    """The pixels along the four edges."""
    border = np.ones((height, width), bool)
    edge = max(2, min(height, width) // _BORDER)
    border[edge:-edge, edge:-edge] = False
    return border


def _slow_change(picture: Floats, border: Bools) -> Floats:
    """A surface of the second degree through the border's colours."""
    height, width = border.shape
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    shape = (height, width)
    terms = np.stack(
        [np.broadcast_to(term, shape) for term in (np.float32(1), x, y, x * x, x * y, y * y)], -1
    )
    places, values = terms[border], cv2.GaussianBlur(picture, (0, 0), 3)[border]
    kept = np.ones(len(places), bool)
    for _ in range(3):  # fit, leave out what is far off (an object that touches the border), again
        surface, *_rest = np.linalg.lstsq(places[kept], values[kept], rcond=None)
        off = np.linalg.norm(values - places @ surface, axis=1)
        kept = off <= max(2.5 * float(np.median(off)), 2.0)
    return np.asarray(terms @ surface, np.float32)


def _unlikeness_at(picture: Floats, border: Bools, scale: _Scale) -> Floats:
    blurred = np.asarray(cv2.GaussianBlur(picture, (0, 0), scale.blur), np.float32)
    step = max(1, int(border.sum()) // _SAMPLES)
    sample = np.ascontiguousarray(blurred[border][::step])
    nearest = np.full(border.shape, np.inf, np.float32)
    for members in _grouped(sample, scale.colours):
        if len(members) >= _LEAST_SHARE * len(sample):
            np.minimum(nearest, _away(blurred, members, scale.deviation), out=nearest)
    reach = float(np.percentile(nearest[border], scale.share))
    return _sharp(nearest / max(reach, _LEAST_REACH), scale.blur)


def _sharp(unlike: Floats, blur: float) -> Floats:
    """Without the halo that blurring lays around an object: its edge is at half its height."""
    reach = 2 * round(2 * blur) + 1
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    return np.where(unlike < _EDGE * cv2.dilate(unlike, disc), 0, unlike).astype(np.float32)


def _grouped(sample: Floats, count: int) -> list[Floats]:
    """The sample by its main colours; always the same, for it does not start at random."""
    away = sample - sample.mean(axis=0)
    longest = np.linalg.eigh(away.T @ away)[1][:, -1]
    rank = np.argsort(np.argsort(away @ longest, kind="stable"), kind="stable")
    start = (rank * count // len(sample)).astype(np.int32)[:, None]
    stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.1)
    _, groups, _ = cv2.kmeans(sample, count, start, stop, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    return [sample[groups.ravel() == group] for group in range(count)]


def _away(picture: Floats, members: Floats, deviation: float) -> Floats:
    """Mahalanobis's distance of each pixel from a group of colours."""
    spread = np.cov(members.T) + np.eye(3) * deviation**2
    whiten = np.linalg.cholesky(np.linalg.inv(spread)).astype(np.float32)
    steps = (picture - np.median(members, axis=0)) @ whiten
    return np.asarray(np.sqrt(np.einsum("ijk,ijk->ij", steps, steps)), np.float32)
