"""What DynamoDB charges for each way of a request, by AWS's rules, for an answer of 9,000 bytes.

A write costs 1 for each 1 KB of the item, before or after it, whichever is larger, and a condition
that fails costs the same. A read costs 0.5 for each 4 KB, twice as much when consistent, and as
much as the smallest when there is nothing. What the proxy does today is metered by tests
(benchmarks/cost/units.py).
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.cost.units import METERED
from image_search.limits.daily_cap import LARGEST_SHARE

ANSWER_READ = METERED["hit"].read
SMALL_READ = 0.5
"""Also of what is not there."""
SMALL_WRITE = 1.0
CAP_SHARE = LARGEST_SHARE
"""Calls that one write to the daily cap's counter takes in advance."""


@dataclass(frozen=True)
class Units:
    """``acquire_new``, ``acquire_known``: a lease where no answer is stored, and where one is.

    An attempt at a lease that another holds costs the same. ``grant_read_*``: the consistent read
    after a lease was granted. ``store_*``, ``end``: of the answer, and of the lease where that
    is another write. ``poll_*``: one look of a waiter.
    ``lease_apart``: whether the lease has an item of its own. ``waits_when_throttled``: who is
    throttled waits and asks again; else the request goes upstream past the cache.
    ``*_is_charged``: to the caller's quota, as each search of a new photo is.
    """

    name: str
    acquire_new: float
    acquire_known: float
    grant_read_new: float
    grant_read_known: float
    store_new: float
    store_known: float
    end: float
    poll_new: float
    poll_known: float
    lease_apart: bool
    waits_when_throttled: bool
    renewal_is_charged: bool
    waiter_is_charged: bool

    def acquire(self, *, known: bool) -> float:
        return self.acquire_known if known else self.acquire_new

    def store(self, *, known: bool) -> float:
        return self.store_known if known else self.store_new

    def written(self, *, known: bool, charged: bool = True) -> float:
        """By one search, from the lease to its end: with the caller's quota when it is charged."""
        acquire = self.acquire(known=known)
        quota = SMALL_WRITE if charged else 0
        return acquire + quota + SMALL_WRITE / CAP_SHARE + self.store(known=known) + self.end


_LEASE_ON_KNOWN = METERED["hit near its end, renewed by another"].write
_QUOTA_AND_CAP = 2 * SMALL_WRITE
"""A new sandbox's, as those that are metered."""

LEASE_ON_ANSWER = Units(
    name="lease on the answer's item",
    acquire_new=SMALL_WRITE,
    acquire_known=_LEASE_ON_KNOWN,
    grant_read_new=0,
    grant_read_known=0,
    store_new=METERED["new miss"].write - SMALL_WRITE - _QUOTA_AND_CAP,
    store_known=METERED["stale miss"].write - _LEASE_ON_KNOWN - _QUOTA_AND_CAP,
    end=0,
    poll_new=METERED["waiter, each look in vain"].read,
    # Without the look-up in vain, and the circuit's state.
    poll_known=METERED["waiter"].read - 2 * SMALL_READ,
    lease_apart=False,
    waits_when_throttled=False,
    renewal_is_charged=False,
    waiter_is_charged=True,
)
"""The proxy's: what docs/capacity.md rests on."""

LEASE_APART = Units(
    name="lease in an item of its own",
    acquire_new=SMALL_WRITE,
    acquire_known=SMALL_WRITE,
    grant_read_new=1,
    grant_read_known=3,
    store_new=9,
    store_known=9,
    end=SMALL_WRITE,
    poll_new=SMALL_READ,
    poll_known=SMALL_READ,
    lease_apart=True,
    waits_when_throttled=True,
    renewal_is_charged=True,
    waiter_is_charged=False,
)
"""Not the proxy's: to see what it would change."""
