"""Keeps account of all calls on a table, and throttles them at a test's limits."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from metering.call import Call
from metering.item_size import Item
from metering.limits import NO_LIMITS, Limits, Throttled
from metering.token_bucket import TokenBucket
from metering.units import Units, units

Reply = tuple[int, bytes]
"""Status and body."""
_CONDITION_FAILED = "ConditionalCheckFailedException"


@dataclass(frozen=True)
class Charge:
    """What one call was charged. ``item``: its partition key's value."""

    operation: str
    item: str
    units: Units
    consistent: bool = False


@dataclass(frozen=True)
class Throttling:
    """The shares of reads and writes, from 0 to 1, that are throttled whatever the limits say;
    ``items``: whose, by the partition key's value."""

    reads: float = 0.0
    writes: float = 0.0
    items: Callable[[str], bool] = lambda _: True

    def share(self, call: Call) -> float:
        if not self.items(call.item_id):
            return 0.0
        return self.writes if call.is_write else self.reads


class Meter:
    """``clock``: seconds, for the limits. ``charges``: since ``reset``, in the order of replies;
    ``throttled``: calls that met an error instead."""

    def __init__(
        self, limits: Limits = NO_LIMITS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.charges: list[Charge] = []
        self.throttled: list[Call] = []
        self._clock = clock
        self._throttling = Throttling()
        self._random = random.Random(0)
        self._account = threading.Lock()
        self._writing: dict[tuple[str, str], threading.Lock] = defaultdict(threading.Lock)
        self.limit(limits)

    def limit(self, limits: Limits) -> None:
        """From now on, with nothing taken yet."""
        with self._account:
            self._buckets = _Buckets(limits, self._clock)

    def throttle(self, throttling: Throttling) -> None:
        with self._account:
            self._throttling = throttling

    def reset(self) -> None:
        """Forgets what was charged; limits and what was taken of them stay."""
        with self._account:
            self.charges, self.throttled = [], []

    def total(self) -> Units:
        return Units.sum(charge.units for charge in list(self.charges))

    def send(
        self, call: Call, stored: Callable[[], Item | None], forward: Callable[[], Reply]
    ) -> Reply:
        """The reply of ``forward``, charged; or DynamoDB's own to a call too many.

        ``stored`` reads the call's item. Writes of one item follow one another, so that what each
        found and left is seen.
        """
        refusal = self._admit(call)
        if refusal is not None:
            return 400, refusal.body()
        if not call.is_write:
            return self._read(call, stored, forward)
        with self._account:
            writing = self._writing[call.table, call.item_id]
        with writing:
            return self._write(call, stored, forward)

    def _admit(self, call: Call) -> Throttled | None:
        with self._account:
            buckets = self._buckets.of(call)
            is_chosen = self._random.random() < self._throttling.share(call)
            if not is_chosen and all(bucket.has_any() for bucket in buckets):
                return None
            self.throttled.append(call)
        return Throttled(call)

    def _read(
        self, call: Call, stored: Callable[[], Item | None], forward: Callable[[], Reply]
    ) -> Reply:
        status, body = forward()
        if status == 200:
            # A part of an item is charged as the whole.
            is_part = "ProjectionExpression" in call.request or "AttributesToGet" in call.request
            self._charge(call, stored() if is_part else json.loads(body).get("Item"), None)
        return status, body

    def _write(
        self, call: Call, stored: Callable[[], Item | None], forward: Callable[[], Reply]
    ) -> Reply:
        before = stored()
        status, body = forward()
        if status == 200:
            self._charge(call, before, stored())
        elif _CONDITION_FAILED.encode() in body:
            self._charge(call, before, before)
        return status, body

    def _charge(self, call: Call, before: Item | None, after: Item | None) -> None:
        charged = units(call, before, after)
        with self._account:
            for bucket in self._buckets.of(call):
                bucket.take(charged.read + charged.write)  # one of the two is 0
            self.charges.append(Charge(call.operation, call.item_id, charged, call.is_consistent))


@dataclass
class _Buckets:
    """Each item's and each table's, for reads and for writes."""

    limits: Limits
    clock: Callable[[], float]
    buckets: dict[tuple[str, ...], TokenBucket] = field(default_factory=dict)

    def of(self, call: Call) -> list[TokenBucket]:
        """All that a call takes from."""
        limits = self.limits
        item, table = (
            (limits.item_write, limits.table_write)
            if call.is_write
            else (limits.item_read, limits.table_read)
        )
        kind = "write" if call.is_write else "read"
        return [
            self._bucket((kind, call.table, call.item_id), item),
            self._bucket((kind, call.table), table),
        ]

    def _bucket(self, name: tuple[str, ...], rate: float) -> TokenBucket:
        if name not in self.buckets:
            self.buckets[name] = TokenBucket(rate, self.clock)
        return self.buckets[name]
