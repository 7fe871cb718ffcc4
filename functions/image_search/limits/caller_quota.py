"""What a caller may ask for: so many searches and upload forms a minute and a day.

A server has limits of its own, as it asks for many end users. Who these are is not looked at: the
server names them itself, and knows best which of them asks for too much.

Both are counted by one write, in an item of the caller's day with a counter for the day and one
for each minute in which something was asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

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


@dataclass(frozen=True)
class _Quotas:
    """Of one kind of caller."""

    minute: Quota
    day: Quota

    @classmethod
    def of(cls, searches_per_minute: int, searches_per_day: int) -> _Quotas:
        return cls(
            Quota("minute", searches_per_minute, MINUTE), Quota("day", searches_per_day, DAY)
        )

    def rate_limit(self, quota: Quota, used: int, now: float) -> RateLimit:
        reset = math.ceil(quota.window(now)[1] - now)
        return RateLimit((self.minute, self.day), quota, quota.limit - used, reset)

    def refusal(self, quota: Quota, now: float) -> RateLimited:
        return RateLimited(self.rate_limit(quota, quota.limit, now))


class CallerQuota:
    """``server_searches``: a minute and a day; as all others where it is left out.

    ``clock``: epoch seconds.
    """

    def __init__(
        self,
        counters: Counters,
        searches_per_minute: int,
        searches_per_day: int,
        credentials: CredentialsStore,
        clock: Callable[[], float],
        server_searches: tuple[int, int] | None = None,
    ) -> None:
        self._counters = counters
        self._others = _Quotas.of(searches_per_minute, searches_per_day)
        self._servers = _Quotas.of(*server_searches) if server_searches else self._others
        self._credentials = credentials
        self._clock = clock

    def refuse_if_known_exhausted(self, caller: Caller) -> None:
        """Raises ``RateLimited`` if this sandbox has seen that the caller has none left."""
        self._refuse_if_known_exhausted(
            self._quotas(caller), self._pseudonym(caller), self._clock()
        )

    def consume(self, caller: Caller) -> RateLimit | None:
        """Counts one search or upload form; None when it could not be counted.

        Raises ``RateLimited`` when the caller has none left, and ``UpstreamUnavailable`` when the
        secret that pseudonyms are made with cannot be read.
        """
        quotas, name = self._quotas(caller), self._pseudonym(caller)
        now = self._clock()
        self._refuse_if_known_exhausted(quotas, name, now)
        minute = int(now) % DAY // MINUTE
        this_minute = _counter(minute)
        result = self._counters.increment(
            quotas.day.name_of_window(name, now),
            by={"used": 1, this_minute: 1},
            limits={"used": quotas.day.limit, this_minute: quotas.minute.limit},
            expires_at=quotas.day.window(now)[1],
            remove=tuple(_counter(minute - ago) for ago in _PAST_MINUTES if ago <= minute),
        )
        match result:
            case NotCounted():
                return None
            case LimitReached(counts):
                is_minutes = counts.get(this_minute, 0) >= quotas.minute.limit
                quota = quotas.minute if is_minutes else quotas.day
                self._counters.remember_exhausted(quota.name_of_window(name, now))
                raise quotas.refusal(quota, now)
        # A counter that is no whole number, which none of ours is, counts as used up.
        in_minute = result.counts.get(this_minute, quotas.minute.limit)
        in_day = result.counts.get("used", quotas.day.limit)
        left = (
            quotas.rate_limit(quotas.minute, in_minute, now),
            quotas.rate_limit(quotas.day, in_day, now),
        )
        return min(left, key=lambda limit: limit.remaining)

    def _pseudonym(self, caller: Caller) -> str:
        return caller.pseudonym(self._credentials.get().key)

    def _quotas(self, caller: Caller) -> _Quotas:
        return self._servers if caller.is_server else self._others

    def _refuse_if_known_exhausted(self, quotas: _Quotas, name: str, now: float) -> None:
        for quota in (quotas.minute, quotas.day):
            if self._counters.is_exhausted(quota.name_of_window(name, now)):
                raise quotas.refusal(quota, now)


def _counter(minute: int) -> str:
    """The name of a minute's counter; short, as a write is charged by the item's size."""
    return f"m{minute}"
