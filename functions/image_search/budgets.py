"""What a caller may spend: so many searches and upload forms a minute and a day.

Both are counted by one write, in an item of the caller's day with a counter for the day and one
for each minute in which something was asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from image_search.allowance import Allowance, Quota
from image_search.caller import Caller
from image_search.counters import DAY, Counters, UsedUp
from image_search.credentials import CredentialsStore
from image_search.errors import RateLimited

MINUTE = 60
_FORGOTTEN_MINUTES = range(2, 7)
"""Before this one: they are taken out of the item again, as a write is charged by its size."""


class Budgets:
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

    def spend(self, caller: Caller) -> Allowance | None:
        """Counts one search or upload form; None when it could not be counted.

        Raises ``RateLimited`` when the caller has none left, and ``UpstreamUnavailable`` when the
        secret that pseudonyms are made with cannot be read.
        """
        name = caller.pseudonym(self._credentials.get().key)
        now = self._clock()
        for quota in (self._minute, self._day):
            if self._counters.is_used_up(quota.name_of_window(name, now)):
                raise self._refusal(quota, now)
        minute = int(now) % DAY // MINUTE
        this_minute = _counter(minute)
        try:
            used = self._counters.add(
                self._day.name_of_window(name, now),
                add={"used": 1, this_minute: 1},
                most={"used": self._day.limit - 1, this_minute: self._minute.limit - 1},
                midnight=self._day.window(now)[1],
                remove=tuple(_counter(minute - ago) for ago in _FORGOTTEN_MINUTES if ago <= minute),
            )
        except UsedUp as error:
            in_minute = error.counted.get(this_minute, 0) >= self._minute.limit
            quota = self._minute if in_minute else self._day
            self._counters.remember(quota.name_of_window(name, now))
            raise self._refusal(quota, now) from None
        if used is None:
            return None
        left = (
            self._allowance(self._minute, used[this_minute], now),
            self._allowance(self._day, used["used"], now),
        )
        return min(left, key=lambda allowance: allowance.remaining)

    def _refusal(self, quota: Quota, now: float) -> RateLimited:
        return RateLimited(self._allowance(quota, quota.limit, now))

    def _allowance(self, quota: Quota, used: int, now: float) -> Allowance:
        reset = math.ceil(quota.window(now)[1] - now)
        return Allowance((self._minute, self._day), quota, quota.limit - used, reset)


def _counter(minute: int) -> str:
    """Of a minute of the day; short, for the same reason."""
    return f"m{minute}"
