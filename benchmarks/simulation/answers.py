"""The stored answers: when each is due for renewal, until when it is of use, and its lease."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from benchmarks.simulation.photos import Photos
from benchmarks.simulation.popularity import STALE_SECONDS, TTL_SECONDS
from image_search.cache.lease import Lease
from image_search.cache.policy import REFRESH_SHARE

_DUE = TTL_SECONDS * REFRESH_SHARE


@dataclass
class Stored:
    """``fresh_until``: of the last answer, simulated time; None when there never was one.

    ``version``: the last answer's name. ``lease``: an item beside it.
    """

    fresh_until: float | None
    version: str | None
    lease: Lease

    def is_fresh(self, now: float) -> bool:
        return self.fresh_until is not None and now < self.fresh_until

    def is_due(self, now: float) -> bool:
        return self.fresh_until is not None and self.fresh_until - _DUE <= now < self.fresh_until

    def is_usable(self, now: float) -> bool:
        """Whether it may stand in for a failing upstream."""
        return self.fresh_until is not None and now < self.fresh_until + STALE_SECONDS


class Before(StrEnum):
    """What the table holds at the start."""

    LONG_IN_USE = "as after days of the same traffic"
    EMPTY = "nothing, as after a purge"
    DUE = "all answers, due for renewal"


class Answers:
    """A photo's state is drawn when it is first asked for."""

    def __init__(self, rate: float, photos: Photos, chance: random.Random, before: Before) -> None:
        self._rate = rate
        self._photos = photos
        self._chance = chance
        self._before = before
        self._stored: dict[int, Stored] = {}
        self._versions = count()

    def of(self, rank: int, now: float) -> Stored:
        if rank not in self._stored:
            fresh_until = self._fresh_until(rank, now)
            version = None if fresh_until is None else self._new_version()
            self._stored[rank] = Stored(fresh_until, version, Lease())
        return self._stored[rank]

    def put(self, rank: int, now: float) -> None:
        stored = self._stored[rank]
        stored.fresh_until, stored.version = now + TTL_SECONDS, self._new_version()

    def _new_version(self) -> str:
        return str(next(self._versions))

    def _fresh_until(self, rank: int, now: float) -> float | None:
        match self._before:
            case Before.EMPTY:
                return None
            case Before.DUE:
                return now + _DUE / 2
            case Before.LONG_IN_USE:
                return self._drawn(rank, now)

    def _drawn(self, rank: int, now: float) -> float | None:
        """End of freshness: in a cycle of ``TTL - due``, then waiting for a request."""
        rate = self._rate * self._photos.probability(rank)
        if rate == 0:
            return None
        until_due = TTL_SECONDS - _DUE
        at = self._chance.random() * (until_due + 1 / rate)
        if at < until_due:
            return now + TTL_SECONDS - at
        waited = -math.log(1 - self._chance.random()) / rate
        if waited > _DUE + STALE_SECONDS:
            return None  # expired, and deleted
        return now + _DUE - waited
