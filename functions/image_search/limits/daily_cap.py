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
    """``calls_per_day``: the cap, which may change. ``clock``: epoch seconds.

    No more than the cap is ever granted, but for ``ALLOWANCE`` in each sandbox while it cannot be
    counted. Less may be: what a sandbox has taken in advance and not used when it ends. A cap below
    200,000 is counted call by call. When it is lowered, a sandbox drops what it has taken.
    """

    def __init__(
        self, counters: Counters, calls_per_day: Callable[[], int], clock: Callable[[], float]
    ) -> None:
        self._counters = counters
        self._calls_per_day = calls_per_day
        self._day = ""
        self._cap = 0  # for which the calls that are left were taken
        self._left = 0
        self._allowance = Quota("uncounted", ALLOWANCE, ALLOWANCE_SECONDS)
        self._uncounted: tuple[int, int] = (0, 0)  # the window's start, and the calls in it
        self._clock = clock

    @property
    def is_reserved(self) -> bool:
        """Whether ``reserve`` has nothing to do."""
        return self._left > 0 and self._covers(self._quota(), self._clock())

    def reserve(self) -> None:
        """Counts the next call already, if none is left of those taken in advance.

        For the time in which a request waits for something else; ``consume`` says what came of it.
        """
        self._take_share(self._quota(), self._clock())

    def consume(self) -> None:
        """Counts one upstream call. Raises ``DailyCapExceeded`` when the day has none left."""
        now, quota = self._clock(), self._quota()
        if not self._take_share(quota, now):
            raise DailyCapExceeded(
                retry_after=min(math.ceil(quota.window(now)[1] - now), LONGEST_RETRY_AFTER),
                detail=f"daily cap: {quota.limit} upstream calls have been made today",
            )
        if self._left == 0:
            self._take_allowance(now)
        else:
            self._left -= 1

    def _quota(self) -> Quota:
        return Quota("upstream-calls", self._calls_per_day(), DAY)

    def _covers(self, quota: Quota, now: float) -> bool:
        """Whether calls that were taken in advance may be made."""
        return self._day == _day_of(quota, now) and self._cap <= quota.limit

    def _take_share(self, quota: Quota, now: float) -> bool:
        """A share in advance; or one of the last calls, one by one. False when the day has none.

        ``_left`` is 0 afterwards where calls cannot be counted.
        """
        if self._left > 0 and self._covers(quota, now):
            return True
        self._day, self._cap, self._left = _day_of(quota, now), quota.limit, 0
        exhausted = f"{self._day} of {quota.limit}"
        if self._counters.is_exhausted(exhausted):
            return False
        share = max(1, min(LARGEST_SHARE, quota.limit // SHARES))
        if any(self._take(quota, calls, now) for calls in dict.fromkeys((share, 1))):
            return True
        self._counters.remember_exhausted(exhausted)
        return False

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

    def _take(self, quota: Quota, calls: int, now: float) -> bool:
        """False when fewer are left."""
        result = self._counters.increment(
            self._day,
            by={"used": calls},
            limits={"used": quota.limit},
            expires_at=quota.window(now)[1],
        )
        if isinstance(result, LimitReached):
            return False
        self._left = 0 if isinstance(result, NotCounted) else calls
        return True


def _day_of(quota: Quota, now: float) -> str:
    return quota.name_of_window("deployment", now)
