"""What a caller may ask for: so many searches and upload forms a minute and a day.

Both are counted by one write, in an item of the caller's day with a counter for the day and one
for each minute in which something was asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from image_search.credentials.store import CredentialsStore
from image_search.errors import RateLimited
from image_search.limits.caller import Caller
from image_search.limits.counters import DAY, Counters, LimitReached, NotCounted
from image_search.rate_limit import Quota, RateLimit

MINUTE = 60
# Minutes before this one whose counters are removed: a write is charged by the item's size, which
# stays under 1 KB this way for a caller who asks every minute. Counters from before a pause of more
# than six minutes stay for the day: 206 of them, 1.4 KB, at the very most.
_PAST_MINUTES = range(2, 7)


class CallerQuota:
    """``clock``: epoch seconds."""

    def __init__(
        self,
        counters: Counters,
        searches_per_minute: int,
        searches_per_day: int,
        credentials: CredentialsStore,
        clock: Callable[[], float],
    ) -> None:
        self._counters = counters
        self._minute = Quota("minute", searches_per_minute, MINUTE)
        self._day = Quota("day", searches_per_day, DAY)
        self._credentials = credentials
        self._clock = clock

    def refuse_if_known_exhausted(self, caller: Caller) -> None:
        """Raises ``RateLimited`` if this sandbox has seen that the caller has none left."""
        self._refuse_if_known_exhausted(self._pseudonym(caller), self._clock())

    def consume(self, caller: Caller) -> RateLimit | None:
        """Counts one search or upload form; None when it could not be counted.

        Raises ``RateLimited`` when the caller has none left, and ``UpstreamUnavailable`` when the
        secret that pseudonyms are made with cannot be read.
        """
        name = self._pseudonym(caller)
        now = self._clock()
        self._refuse_if_known_exhausted(name, now)
        minute = int(now) % DAY // MINUTE
        this_minute = _counter(minute)
        result = self._counters.increment(
            self._day.name_of_window(name, now),
            by={"used": 1, this_minute: 1},
            limits={"used": self._day.limit, this_minute: self._minute.limit},
            expires_at=self._day.window(now)[1],
            remove=tuple(_counter(minute - ago) for ago in _PAST_MINUTES if ago <= minute),
        )
        match result:
            case NotCounted():
                return None
            case LimitReached(counts):
                in_minute = counts.get(this_minute, 0) >= self._minute.limit
                quota = self._minute if in_minute else self._day
                self._counters.remember_exhausted(quota.name_of_window(name, now))
                raise self._refusal(quota, now)
        left = (
            # A counter that is no whole number, which none of ours is, counts as used up.
            self._rate_limit(self._minute, result.counts.get(this_minute, self._minute.limit), now),
            self._rate_limit(self._day, result.counts.get("used", self._day.limit), now),
        )
        return min(left, key=lambda limit: limit.remaining)

    def _pseudonym(self, caller: Caller) -> str:
        return caller.pseudonym(self._credentials.get().key)

    def _refuse_if_known_exhausted(self, name: str, now: float) -> None:
        for quota in (self._minute, self._day):
            if self._counters.is_exhausted(quota.name_of_window(name, now)):
                raise self._refusal(quota, now)

    def _refusal(self, quota: Quota, now: float) -> RateLimited:
        return RateLimited(self._rate_limit(quota, quota.limit, now))

    def _rate_limit(self, quota: Quota, used: int, now: float) -> RateLimit:
        reset = math.ceil(quota.window(now)[1] - now)
        return RateLimit((self._minute, self._day), quota, quota.limit - used, reset)


def _counter(minute: int) -> str:
    """The name of a minute's counter; short, as a write is charged by the item's size."""
    return f"m{minute}"
