"""What all callers together may spend: upstream calls of the whole deployment, a day."""

from __future__ import annotations

import math
from collections.abc import Callable

from image_search.allowance import Quota
from image_search.counters import DAY, Counters, UsedUp
from image_search.errors import FuseBlown

LONGEST_RETRY_AFTER = 300
"""Seconds: an operator may raise the limit at any time."""
LARGEST_SHARE = 10
SHARES = 100_000
"""A sandbox takes at most this part of the limit in advance, so that not each call is a write."""


class Fuse:
    """``clock``: epoch seconds.

    No more than the limit is ever granted. Less may be: what a sandbox has taken in advance and
    not used when it ends. A limit below 200,000 is counted call by call.
    """

    def __init__(self, counters: Counters, calls_per_day: int, clock: Callable[[], float]) -> None:
        self._counters = counters
        self._quota = Quota("upstream-calls", calls_per_day, DAY)
        self._share = max(1, min(LARGEST_SHARE, calls_per_day // SHARES))
        self._day = ""
        self._left = 0
        self._clock = clock

    def spend(self) -> None:
        """Counts one upstream call. Raises ``FuseBlown`` when the day has none left."""
        now = self._clock()
        day = self._quota.name_of_window("deployment", now)
        if day != self._day:
            self._day, self._left = day, 0
        if self._left == 0:
            self._take(now)
        self._left = max(0, self._left - 1)

    def _take(self, now: float) -> None:
        """A share; or the last calls, one by one."""
        if not self._counters.is_used_up(self._day):
            if any(self._take_if_left(calls, now) for calls in dict.fromkeys((self._share, 1))):
                return
            self._counters.remember(self._day)
        raise FuseBlown(
            retry_after=min(math.ceil(self._quota.window(now)[1] - now), LONGEST_RETRY_AFTER),
            detail=f"the fuse: {self._quota.limit} upstream calls have been made today",
        )

    def _take_if_left(self, calls: int, now: float) -> bool:
        """False when fewer are. What cannot be counted is free."""
        try:
            used = self._counters.add(
                self._day,
                add={"used": calls},
                most={"used": self._quota.limit - calls},
                midnight=self._quota.window(now)[1],
            )
        except UsedUp:
            return False
        self._left = 0 if used is None else calls
        return True
