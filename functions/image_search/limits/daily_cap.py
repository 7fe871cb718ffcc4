"""What all callers together may cause: upstream calls of the whole deployment, a day."""

from __future__ import annotations

import math
from collections.abc import Callable

from image_search.errors import DailyCapExceeded
from image_search.limits.counters import DAY, Counters, LimitReached, NotCounted
from image_search.rate_limit import Quota

# Seconds: an operator may raise the cap at any time.
LONGEST_RETRY_AFTER = 300
# Calls that a sandbox takes in advance, so that not each call is a write: 1 in 100,000 of the cap,
# ten at most. A hundred sandboxes that end with theirs unused lose a thousandth of it.
LARGEST_SHARE = 10
SHARES = 100_000


class DailyCap:
    """``clock``: epoch seconds.

    No more than the cap is ever granted. Less may be: what a sandbox has taken in advance and not
    used when it ends. A cap below 200,000 is counted call by call.
    """

    def __init__(self, counters: Counters, calls_per_day: int, clock: Callable[[], float]) -> None:
        self._counters = counters
        self._quota = Quota("upstream-calls", calls_per_day, DAY)
        self._share = max(1, min(LARGEST_SHARE, calls_per_day // SHARES))
        self._day = ""
        self._left = 0
        self._clock = clock

    def consume(self) -> None:
        """Counts one upstream call. Raises ``DailyCapExceeded`` when the day has none left."""
        now = self._clock()
        day = self._quota.name_of_window("deployment", now)
        if day != self._day:
            self._day, self._left = day, 0
        if self._left == 0:
            self._take_share(now)
        self._left = max(0, self._left - 1)

    def _take_share(self, now: float) -> None:
        """A share in advance; or one of the last calls, one by one."""
        if not self._counters.is_exhausted(self._day):
            if any(self._take(calls, now) for calls in dict.fromkeys((self._share, 1))):
                return
            self._counters.remember_exhausted(self._day)
        raise DailyCapExceeded(
            retry_after=min(math.ceil(self._quota.window(now)[1] - now), LONGEST_RETRY_AFTER),
            detail=f"daily cap: {self._quota.limit} upstream calls have been made today",
        )

    def _take(self, calls: int, now: float) -> bool:
        """False when fewer are left. What cannot be counted is free."""
        result = self._counters.increment(
            self._day,
            by={"used": calls},
            limits={"used": self._quota.limit},
            expires_at=self._quota.window(now)[1],
        )
        if isinstance(result, LimitReached):
            return False
        self._left = 0 if isinstance(result, NotCounted) else calls
        return True
