"""The exact outline of what stands out, by GrabCut: along edges, and by colours on both sides."""

import cv2
import numpy as np

from stand_in.vision.lab import Floats
from stand_in.vision.surroundings import Bools

_ROUNDS = 2
_MARGIN = 10  # pixels around what stands out that may still belong to it
_LEAST_KEPT = 0.5  # of what stood out: GrabCut can lose a thing that is like its background
_SEED = 7
_NO_BOX = (0, 0, 0, 0)  # the guess says it better
_SPREAD = np.array([1.4, 1.8, 1.8], np.float32)  # from weighed L*a*b* to the range of a byte


def outlined(picture: Floats, coarse: Bools) -> Bools:
    """The pixels of the object that `coarse` roughly covers, in an evened picture."""
    top, bottom, left, right = _window(coarse)
    window = np.s_[top:bottom, left:right]
    inside = coarse[window]
    exact = np.zeros_like(coarse)
    exact[window] = _cut(picture[window], inside)
    kept = int((exact & coarse).sum())
    return exact if kept >= _LEAST_KEPT * int(inside.sum()) else coarse


def _window(coarse: Bools) -> tuple[int, int, int, int]:
    left, top, width, height = cv2.boundingRect(coarse.astype(np.uint8))
    reach = _MARGIN * 2
    rows, columns = coarse.shape
    return (
        max(top - reach, 0), min(top + height + reach, rows),
        max(left - reach, 0), min(left + width + reach, columns),
    )  # fmt: skip


def _cut(picture: Floats, coarse: Bools) -> Bools:
    size = (2 * _MARGIN - 5, 2 * _MARGIN - 5)
    near = cv2.dilate(coarse.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, size))
    guess = np.where(near > 0, cv2.GC_PR_BGD, cv2.GC_BGD).astype(np.uint8)
    guess[coarse] = cv2.GC_PR_FGD
    if not (guess == cv2.GC_BGD).any():
        return coarse  # it fills the frame: there is no other side
    colours = np.clip(picture * _SPREAD + 128, 0, 255).astype(np.uint8)
    cv2.setRNGSeed(_SEED)  # of this thread: the same picture has the same outline
    behind, before = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(colours, guess, _NO_BOX, behind, before, _ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.asarray(guess & 1, bool)  # surely or probably foreground: both are odd
