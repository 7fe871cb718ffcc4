"""DynamoDB: a request takes its units from the item's limit and the table's, or is throttled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Hashable

import simpy

from benchmarks.cost.workload import DYNAMODB_MS
from benchmarks.simulation.limits import ITEM_READS, ITEM_WRITES, Limits
from benchmarks.simulation.token_bucket import TokenBucket

ROUND_TRIP = DYNAMODB_MS / 1e3
RETRY_AFTER = 0.05
"""Seconds before the client's one retry of a throttled request."""


class Table:
    """``used``: units by "read" and "write". ``throttled``: refused attempts by the limit's name.

    ``items_are_limited`` is False where it is asked what would be used.
    """

    def __init__(self, env: simpy.Environment, limits: Limits, *, items_are_limited: bool) -> None:
        self._env = env
        self._items_are_limited = items_are_limited
        self._table = {
            "read": TokenBucket(limits.table_reads, limits.table_reads),
            "write": TokenBucket(limits.table_writes, limits.table_writes),
        }
        self._items: dict[tuple[str, Hashable], TokenBucket] = {}
        self.used: Counter[str] = Counter()
        self.by_item: Counter[tuple[str, Hashable]] = Counter()
        self.throttled: Counter[str] = Counter()

    def request(
        self, kind: str, item: Hashable, units: float
    ) -> Generator[simpy.Event, object, bool]:
        """One request and its retry; False when both were throttled. ``item`` None is nobody's."""
        yield self._env.timeout(ROUND_TRIP)
        if self._taken(kind, item, units):
            return True
        yield self._env.timeout(RETRY_AFTER + ROUND_TRIP)
        return self._taken(kind, item, units)

    def _taken(self, kind: str, item: Hashable, units: float) -> bool:
        now = self._env.now
        limited = item is not None and self._items_are_limited
        if limited and not self._bucket(kind, item).take(units, now):
            self.throttled[f"item, {kind}s"] += 1
            return False
        if not self._table[kind].take(units, now):
            self.throttled[f"table, {kind}s"] += 1
            return False
        self.used[kind] += units  # type: ignore[assignment]
        if item is not None:
            self.by_item[kind, item] += units  # type: ignore[assignment]
        return True

    def _bucket(self, kind: str, item: Hashable) -> TokenBucket:
        bucket = self._items.get((kind, item))
        if bucket is None:
            limit = ITEM_READS if kind == "read" else ITEM_WRITES
            bucket = self._items[kind, item] = TokenBucket(limit, limit)
        return bucket
