"""Zipf's law: the photo of rank k is asked for in proportion to 1 / k."""

from __future__ import annotations

import math
import random


class Zipf:
    """Ranks from 1 to ``size``, in constant memory however many there are.

    Drawn by rejection-inversion (Hörmann and Derflinger, 1996): a rank is taken from the area under
    1 / x, and rejected where the steps of 1 / k lie below it, which is seldom.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._lower = _area(1.5) - 1
        self._upper = _area(size + 0.5)
        self._harmonic = _harmonic(size)

    def probability(self, rank: int) -> float:
        return 1 / rank / self._harmonic

    def draw(self, chance: random.Random) -> int:
        while True:
            area = self._upper + chance.random() * (self._lower - self._upper)
            rank = min(self.size, max(1, round(math.exp(area))))
            if area >= _area(rank + 0.5) - 1 / rank:
                return rank


def _area(x: float) -> float:
    """Under 1 / x, from 1."""
    return math.log(x)


def _harmonic(size: int) -> float:
    """1 + 1/2 + … + 1/size; beyond a thousand by Euler and Maclaurin, to 14 digits."""
    if size <= 1000:
        return math.fsum(1 / rank for rank in range(1, size + 1))
    return math.log(size) + 0.57721566490153286 + 1 / (2 * size) - 1 / (12 * size**2)
