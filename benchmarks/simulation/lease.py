"""The lease on a photo's answer: an item of its own, as in image_search/cache/lease.py."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from itertools import count

import simpy

from benchmarks.simulation.answers import Stored
from benchmarks.simulation.table import Table
from benchmarks.simulation.units import LEASE_READ, SMALL_WRITE
from image_search.cache.lease import Lease


@dataclass(frozen=True)
class Granted:
    """``token`` names the grant; ``before``: the lease as it was."""

    token: str
    before: Lease


@dataclass(frozen=True)
class Held:
    """By another."""

    lease: Lease


class Throttled:
    """Nothing was written."""


Grant = Generator[simpy.Event, object, Granted | Held | Throttled]


class Leases:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._tokens = count(1)

    def read(self, photo: int, stored: Stored) -> Generator[simpy.Event, object, Lease | None]:
        """None while the read is throttled."""
        read = yield from self._table.request("read", ("lease", photo), LEASE_READ)
        return stored.lease if read else None

    def take(self, photo: int, stored: Stored, seen: Lease | None = None) -> Grant:
        """If it is free. With ``seen``: if it is still as it was seen, and not ended."""
        if not (yield from self._write(photo)):
            return Throttled()
        before = stored.lease
        taken_over = seen is not None and before == seen and not before.ended
        if not (before.is_free or taken_over):
            return Held(before)
        stored.lease = Lease(token=str(next(self._tokens)))
        return Granted(stored.lease.token, before)

    def renew(self, photo: int, stored: Stored, token: str) -> Generator[simpy.Event, object, None]:
        if (yield from self._write(photo)) and self._is_held(stored, token):
            stored.lease = replace(stored.lease, beat=(stored.lease.beat or 0) + 1)

    def end(
        self,
        photo: int,
        stored: Stored,
        token: str,
        *,
        failed: bool = False,
        unstored: str | None = None,
        version: str | None = None,
    ) -> Generator[simpy.Event, object, None]:
        if (yield from self._write(photo)) and self._is_held(stored, token):
            failure = {"status": 503} if failed else None
            stored.lease = replace(
                stored.lease, ended=True, failure=failure, unstored=unstored, version=version
            )

    def _write(self, photo: int) -> Generator[simpy.Event, object, bool]:
        return self._table.request("write", ("lease", photo), SMALL_WRITE)

    def _is_held(self, stored: Stored, token: str) -> bool:
        return stored.lease.token == token and not stored.lease.ended
