"""Upstream behind the circuit breaker and the daily cap."""

from __future__ import annotations

from collections.abc import Generator

import simpy

from benchmarks.simulation.breaker import Breaker
from benchmarks.simulation.counters import Counters
from benchmarks.simulation.sandboxes import Sandbox
from benchmarks.simulation.upstream import Upstream


class GuardedUpstream:
    def __init__(self, upstream: Upstream, breaker: Breaker, counters: Counters) -> None:
        self._upstream = upstream
        self._breaker = breaker
        self._counters = counters

    def search(self, sandbox: Sandbox) -> Generator[simpy.Event, object, bool]:
        """False when it failed, or was not to be called."""
        if not (yield from self._counters.may_call(sandbox)):
            return False
        if not (yield from self._breaker.may_call(sandbox)):
            return False
        answered = yield from self._upstream.call()
        yield from self._breaker.note(sandbox, succeeded=answered)
        return answered
