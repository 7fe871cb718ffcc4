"""A request's way through the deployment: gateway, sandbox, table, upstream.

Lives of leases are not simulated: no sandbox dies here.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from enum import StrEnum

import simpy

from benchmarks.simulation.answers import Answers, Stored
from benchmarks.simulation.breaker import Breaker
from benchmarks.simulation.sandboxes import Sandbox
from benchmarks.simulation.table import Table
from benchmarks.simulation.units import ANSWER_READ, CAP_SHARE, SMALL_READ, SMALL_WRITE, Units
from benchmarks.simulation.upstream import Upstream
from benchmarks.simulation.work import Work

Steps = Generator[simpy.Event, object, "Result"]
Yes = Generator[simpy.Event, object, bool]

FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.05, 0.4, 1.5
"""Between a waiter's polls, seconds."""
PATIENCE = 20.0
"""Seconds after which a waiter gives up."""


class Result(StrEnum):
    """What became of a request that reached a sandbox."""

    HIT = "hit"
    SEARCHED = "searched"
    SHARED = "shared another's search"
    STALE = "stale answer"
    REFUSED = "503 with Retry-After"


class Proxy:
    """``keeps``: seconds for which a sandbox answers from its own memory; the proxy has none."""

    def __init__(
        self,
        env: simpy.Environment,
        table: Table,
        answers: Answers,
        upstream: Upstream,
        units: Units,
        work: Work,
        keeps: float = 0.0,
    ) -> None:
        self._env = env
        self._table = table
        self._answers = answers
        self._upstream = upstream
        self._breaker = Breaker(env, table)
        self._units = units
        self._work = work
        self._keeps = keeps

    def serve(self, photo: int, sandbox: Sandbox) -> Steps:
        if sandbox.held.get(photo, -1.0) > self._env.now:
            return (yield from self._hit())
        stored = self._answers.of(photo, self._env.now)
        found = stored.fresh_until is not None
        units = ANSWER_READ if found else SMALL_READ
        if not (yield from self._table.request("read", ("answer", photo), units)):
            cacheable = self._units.waits_when_throttled
            return (yield from self._miss(photo, stored, sandbox, cacheable=cacheable))
        if not stored.is_fresh(self._env.now):
            return (yield from self._miss(photo, stored, sandbox))
        if self._keeps:
            sandbox.held[photo] = self._env.now + self._keeps
        if stored.is_due(self._env.now) and (yield from self._may_renew(photo, stored, sandbox)):
            yield self._env.timeout(self._work.miss)
            return (yield from self._search(photo, stored, sandbox, renews=True))
        return (yield from self._hit())

    def _may_renew(self, photo: int, stored: Stored, sandbox: Sandbox) -> Yes:
        known = stored.fresh_until
        if (yield from self._breaker.is_open(sandbox)):
            return False
        return bool((yield from self._acquire(photo, stored, known)))

    def _hit(self) -> Steps:
        yield self._env.timeout(self._work.hit)
        return Result.HIT

    def _miss(
        self, photo: int, stored: Stored, sandbox: Sandbox, *, cacheable: bool = True
    ) -> Steps:
        yield self._env.timeout(self._work.miss)
        if (yield from self._breaker.is_open(sandbox)):
            return self._fallback(stored)
        if self._units.waiter_is_charged:
            yield from self._table.request("write", None, SMALL_WRITE)
        if not cacheable:
            return (yield from self._ask_past_the_cache(stored, sandbox))
        give_up = self._env.now + PATIENCE
        pauses = _pauses()
        while self._env.now < give_up:
            granted = yield from self._acquire(photo, stored)
            if granted:
                return (yield from self._search(photo, stored, sandbox))
            if granted is False:
                return (yield from self._wait(photo, stored, sandbox, pauses, give_up))
            if not self._units.waits_when_throttled:
                return (yield from self._ask_past_the_cache(stored, sandbox))
            yield self._env.timeout(next(pauses))
        return self._fallback(stored)

    def _wait(
        self,
        photo: int,
        stored: Stored,
        sandbox: Sandbox,
        pauses: Iterator[float],
        give_up: float,
    ) -> Steps:
        """For another's search, and shares its answer or its failure. When its answer could not be
        stored, each asks for itself."""
        if not self._units.lease_apart and stored.is_fresh(self._env.now):
            return Result.SHARED  # the lease was refused with the answer
        while self._env.now < give_up:
            yield self._env.timeout(next(pauses))
            if not (yield from self._poll(photo, stored)) or stored.is_leased:
                continue
            if stored.has_failed:
                return self._fallback(stored)
            if not stored.is_fresh(self._env.now):
                return (yield from self._ask_past_the_cache(stored, sandbox))
            if not self._units.lease_apart or (
                yield from self._table.request("read", ("answer", photo), ANSWER_READ)
            ):
                return Result.SHARED
        return self._fallback(stored)

    def _acquire(
        self, photo: int, stored: Stored, renews: float | None = None
    ) -> Generator[simpy.Event, object, bool | None]:
        """Whether the lease was granted; None when the table was throttled.

        ``renews``: until when the answer to renew is fresh; without it, any fresh one will do.
        """
        if self._units.lease_apart and stored.is_leased:
            yield from self._poll(photo, stored)
            return False
        known = stored.fresh_until is not None
        units = self._units.acquire(known=known)
        if not (yield from self._table.request("write", self._lease_item(photo), units)):
            return None
        if stored.is_leased or (not self._units.lease_apart and self._is_done(stored, renews)):
            return False
        stored.is_leased = True
        return True

    def _is_done(self, stored: Stored, renews: float | None) -> bool:
        """Whether another's search has come to its end since; part of the write's condition."""
        if renews is not None:
            return stored.fresh_until != renews
        return stored.is_fresh(self._env.now)

    def _poll(self, photo: int, stored: Stored) -> Yes:
        known = stored.fresh_until is not None
        units = self._units.poll_known if known else self._units.poll_new
        return self._table.request("read", self._lease_item(photo), units)

    def _lease_item(self, photo: int) -> tuple[str, int]:
        return ("lease" if self._units.lease_apart else "answer", photo)

    def _search(
        self, photo: int, stored: Stored, sandbox: Sandbox, *, renews: bool = False
    ) -> Steps:
        """With the lease. A fresh answer is found by one whose first look was throttled."""
        if (yield from self._read_again(photo, stored)) and not renews:
            yield from self._table.request("write", ("lease", photo), self._units.end)
            stored.is_leased = False
            return Result.SHARED
        is_charged = self._units.renewal_is_charged if renews else not self._units.waiter_is_charged
        if is_charged:
            yield from self._table.request("write", None, SMALL_WRITE)
        answered = yield from self._ask(sandbox)
        units = self._units.store(known=stored.fresh_until is not None)
        if answered and (yield from self._table.request("write", ("answer", photo), units)):
            self._answers.put(photo, self._env.now)
        if self._units.end:
            yield from self._table.request("write", ("lease", photo), self._units.end)
        stored.is_leased, stored.has_failed = False, not answered
        if answered:
            return Result.SEARCHED
        return Result.HIT if renews else self._fallback(stored)

    def _read_again(self, photo: int, stored: Stored) -> Yes:
        """Whether a fresh answer is there."""
        known = stored.fresh_until is not None
        units = self._units.grant_read_known if known else self._units.grant_read_new
        if not units or not (yield from self._table.request("read", ("answer", photo), units)):
            return False
        return stored.is_fresh(self._env.now)

    def _ask_past_the_cache(self, stored: Stored, sandbox: Sandbox) -> Steps:
        if not self._units.waiter_is_charged:
            yield from self._table.request("write", None, SMALL_WRITE)
        answered = yield from self._ask(sandbox)
        return Result.SEARCHED if answered else self._fallback(stored)

    def _ask(self, sandbox: Sandbox) -> Yes:
        """Upstream, if circuit and daily cap allow it; False without an answer."""
        if not (yield from self._breaker.may_call(sandbox)):
            return False
        if sandbox.calls_left == 0:
            yield from self._table.request("write", "daily cap", SMALL_WRITE)
            sandbox.calls_left = CAP_SHARE
        sandbox.calls_left -= 1
        answered = yield from self._upstream.call()
        yield from self._breaker.note(sandbox, succeeded=answered)
        return answered

    def _fallback(self, stored: Stored) -> Result:
        return Result.STALE if stored.is_usable(self._env.now) else Result.REFUSED


def _pauses() -> Iterator[float]:
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(LONGEST_PAUSE, pause * GROWTH)
