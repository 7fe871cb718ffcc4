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
# Upstream calls of a sandbox while the counter cannot be written, in each ``ALLOWANCE_SECONDS``:
# enough for a sandbox's own misses (a call takes 0.8 s), and a bound on what an unwritable table
# costs. With 100 sandboxes it is 1,000 calls a minute beyond the cap.
ALLOWANCE = 10
ALLOWANCE_SECONDS = 60


class DailyCap:
    """``clock``: epoch seconds.

    No more than the cap is ever granted, but for ``ALLOWANCE`` in each sandbox while it cannot be
    counted. Less may be: what a sandbox has taken in advance and not used when it ends. A cap below
    200,000 is counted call by call.
    """

    def __init__(self, counters: Counters, calls_per_day: int, clock: Callable[[], float]) -> None:
        self._counters = counters
        self._quota = Quota("upstream-calls", calls_per_day, DAY)
        self._share = max(1, min(LARGEST_SHARE, calls_per_day // SHARES))
        self._day = ""
        self._left = 0
        self._allowance = Quota("uncounted", ALLOWANCE, ALLOWANCE_SECONDS)
        self._uncounted: tuple[int, int] = (0, 0)  # the window's start, and the calls in it
        self._clock = clock

    @property
    def is_reserved(self) -> bool:
        """Whether ``reserve`` has nothing to do."""
        return self._left > 0 and self._day == self._day_of(self._clock())

    def reserve(self) -> None:
        """Counts the next call already, if none is left of those taken in advance.

        For the time in which a request waits for something else; ``consume`` says what came of it.
        """
        self._take_share(self._clock())

    def consume(self) -> None:
        """Counts one upstream call. Raises ``DailyCapExceeded`` when the day has none left."""
        now = self._clock()
        if not self._take_share(now):
            raise DailyCapExceeded(
                retry_after=min(math.ceil(self._quota.window(now)[1] - now), LONGEST_RETRY_AFTER),
                detail=f"daily cap: {self._quota.limit} upstream calls have been made today",
            )
        if self._left == 0:
            self._take_allowance(now)
        else:
            self._left -= 1

    def _take_share(self, now: float) -> bool:
        """A share in advance; or one of the last calls, one by one. False when the day has none.

        ``_left`` is 0 afterwards where calls cannot be counted.
        """
        day = self._day_of(now)
        if day != self._day:
            self._day, self._left = day, 0
        if self._left > 0:
            return True
        if self._counters.is_exhausted(day):
            return False
        if any(self._take(calls, now) for calls in dict.fromkeys((self._share, 1))):
            return True
        self._counters.remember_exhausted(day)
        return False

    def _day_of(self, now: float) -> str:
        return self._quota.name_of_window("deployment", now)

    def _take_allowance(self, now: float) -> None:
        """One call that cannot be counted."""
        window, end = self._allowance.window(now)
        used = self._uncounted[1] if self._uncounted[0] == window else 0
        if used >= self._allowance.limit:
            raise DailyCapExceeded(
                retry_after=math.ceil(end - now),
                detail="the daily cap's counter cannot be written, and the allowance is used up",
            )
        self._uncounted = (window, used + 1)

    def _take(self, calls: int, now: float) -> bool:
        """False when fewer are left."""
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
