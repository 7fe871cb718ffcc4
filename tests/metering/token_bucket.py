"""How many units a second something may take."""

from __future__ import annotations

import math
from collections.abc import Callable


class TokenBucket:
    """Fills at ``rate`` units a second up to one second's worth. ``clock``: seconds.

    AWS lets a table use up what it left of some minutes, but promises nothing of the kind.

    What a write takes is known only when it is done. So a call is let in while anything is left,
    and what it takes beyond that is owed by those that follow.
    """

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._clock = clock
        self._level = rate
        self._filled_at = clock()

    def has_any(self) -> bool:
        self._fill()
        return self._level > 0

    def take(self, units: float) -> None:
        self._fill()
        if not math.isinf(self._rate):
            self._level -= units

    def _fill(self) -> None:
        now = self._clock()
        passed, self._filled_at = now - self._filled_at, now
        if passed > 0 and not math.isinf(self._rate):
            self._level = min(self._rate, self._level + passed * self._rate)
