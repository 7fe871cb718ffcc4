"""Which photo a request is for."""

from __future__ import annotations

import random
from typing import Protocol


class Photos(Protocol):
    """Known by their ranks: 1 is asked for most."""

    def probability(self, rank: int) -> float: ...

    def draw(self, chance: random.Random) -> int: ...


class AllDifferent:
    """Each is asked for once."""

    def __init__(self) -> None:
        self._last = 0

    def probability(self, rank: int) -> float:
        return 0.0

    def draw(self, chance: random.Random) -> int:
        self._last += 1
        return self._last
