"""The circuit breaker, shared by all sandboxes through one item of the table."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from benchmarks.simulation.sandboxes import Sandbox
from benchmarks.simulation.table import Table
from benchmarks.simulation.units import SMALL_READ, SMALL_WRITE
from image_search.upstream.circuit_breaker import (
    OPEN_SECONDS,
    PROBE_SECONDS,
    READ_SECONDS,
    THRESHOLD,
)

ITEM = "circuit"


class Breaker:
    """Opens after failures in a row; then one call at a time finds out whether it may close.

    A sandbox goes by what it read up to a second ago.
    """

    def __init__(self, env: simpy.Environment, table: Table) -> None:
        self._env = env
        self._table = table
        self._failures = 0
        self._open_until: float | None = None
        self._probe_until = -1.0

    def is_known_open(self, sandbox: Sandbox) -> bool:
        """By what the sandbox has read lately."""
        return self._env.now < sandbox.circuit_known_until and self._is_open(sandbox)

    def is_open(self, sandbox: Sandbox) -> Generator[simpy.Event, object, bool]:
        """For certain, and not yet to be tried out. A circuit that cannot be read is closed."""
        if self._env.now >= sandbox.circuit_known_until:
            read = yield from self._table.request("read", ITEM, SMALL_READ)
            sandbox.circuit_known_until = self._env.now + READ_SECONDS
            sandbox.open_until = self._open_until if read else None
        return self._is_open(sandbox)

    def _is_open(self, sandbox: Sandbox) -> bool:
        return sandbox.open_until is not None and self._env.now < sandbox.open_until

    def may_call(self, sandbox: Sandbox) -> Generator[simpy.Event, object, bool]:
        if (yield from self.is_open(sandbox)):
            return False
        return sandbox.open_until is None or (yield from self._probe(sandbox))

    def _probe(self, sandbox: Sandbox) -> Generator[simpy.Event, object, bool]:
        """Granted to one at a time, by a conditional write."""
        yield from self._table.request("write", ITEM, SMALL_WRITE)
        now = self._env.now
        if self._open_until is not None and now < max(self._open_until, self._probe_until):
            sandbox.open_until = max(self._open_until, self._probe_until)
            return False
        self._probe_until = now + PROBE_SECONDS
        sandbox.probes = True
        return True

    def note(self, sandbox: Sandbox, *, succeeded: bool) -> Generator[simpy.Event, object, None]:
        probed, sandbox.probes = sandbox.probes, False
        if succeeded and self._failures == 0:
            return
        yield from self._table.request("write", ITEM, SMALL_WRITE)
        if succeeded:
            self._failures, self._open_until = 0, None
            sandbox.open_until = None
            return
        self._failures += 1
        if self._failures >= THRESHOLD and (self._open_until is None or probed):
            self._open_until = self._env.now + OPEN_SECONDS
            self._probe_until = -1.0
