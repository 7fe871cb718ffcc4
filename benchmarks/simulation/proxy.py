"""A request's way through the deployment: gateway, sandbox, table, upstream."""

from __future__ import annotations

import random
from collections.abc import Generator

import simpy

from api.request_context import ANSWER_SECONDS, API_SECONDS
from benchmarks.simulation.answers import Answers, Stored
from benchmarks.simulation.breaker import Breaker
from benchmarks.simulation.counters import Charge, Counters
from benchmarks.simulation.forwarding import Fetched, Forwarding
from benchmarks.simulation.guarded_upstream import GuardedUpstream
from benchmarks.simulation.outcome import Result
from benchmarks.simulation.sandboxes import Sandbox
from benchmarks.simulation.store import Store
from benchmarks.simulation.table import Table
from benchmarks.simulation.upstream import Upstream
from benchmarks.simulation.work import Work

Steps = Generator[simpy.Event, object, Result]

REQUEST_SECONDS = API_SECONDS - ANSWER_SECONDS


class Proxy:
    """``keeps``: seconds for which a sandbox answers from its own memory; the proxy has none."""

    def __init__(
        self,
        env: simpy.Environment,
        table: Table,
        answers: Answers,
        upstream: Upstream,
        work: Work,
        chance: random.Random,
        *,
        keeps: float = 0.0,
    ) -> None:
        self._env = env
        self._store = Store(env, table, chance)
        self._answers = answers
        self._breaker = Breaker(env, table)
        self._counters = Counters(env, table)
        guarded = GuardedUpstream(upstream, self._breaker, self._counters)
        self._forwarding = Forwarding(
            env, table, self._store, answers, guarded, self._counters, chance
        )
        self._work = work
        self._keeps = keeps

    def serve(self, photo: int, sandbox: Sandbox) -> Steps:
        if sandbox.held.get(photo, -1.0) > self._env.now:
            return (yield from self._hit())
        began, stored = self._env.now, self._answers.of(photo, self._env.now)
        if not (yield from self._store.read(photo, stored)):
            return (yield from self._miss_without_cache(sandbox))
        if not stored.is_fresh(self._env.now):
            return (yield from self._miss(photo, stored, sandbox, began + REQUEST_SECONDS))
        if self._keeps:
            sandbox.held[photo] = self._env.now + self._keeps
        if stored.is_due(self._env.now):
            return (yield from self._renew_or_hit(photo, stored, sandbox))
        return (yield from self._hit())

    def _hit(self) -> Steps:
        yield self._env.timeout(self._work.hit)
        return Result.HIT

    def _renew_or_hit(self, photo: int, stored: Stored, sandbox: Sandbox) -> Steps:
        """Renews the answer ahead of its end, unless another does so or upstream is down."""
        read = stored.version
        seen = yield from self._forwarding.renewable(photo, stored, sandbox)
        if seen is None or (yield from self._breaker.is_open(sandbox)):
            return (yield from self._hit())
        charge = Charge(self._counters, sandbox)
        token = yield from self._forwarding.take_for_renewal(photo, stored, seen, read, charge)
        if token is None:
            return (yield from self._hit())
        yield self._env.timeout(self._work.miss)
        fetched = yield from self._forwarding.search(photo, stored, token, read, sandbox)
        return Result.HIT if fetched is Fetched.FAILED else Result.SEARCHED

    def _miss(self, photo: int, stored: Stored, sandbox: Sandbox, deadline: float) -> Steps:
        """Circuit and lease are asked side by side; neither if the circuit is known open."""
        read = stored.version
        if self._breaker.is_known_open(sandbox):
            return self._fallback(stored)
        look = self._env.process(self._forwarding.look(photo, stored))
        is_open = yield from self._breaker.is_open(sandbox)
        yield look
        if is_open:
            return self._fallback(stored)
        yield self._env.timeout(self._work.miss)
        fetched = yield from self._forwarding.fetch(
            photo, stored, read, look.value, sandbox, deadline
        )
        return self._result(fetched, self._fallback(stored))

    def _miss_without_cache(self, sandbox: Sandbox) -> Steps:
        """After a look-up that stayed throttled: there is nothing to fall back on either."""
        if (yield from self._breaker.is_open(sandbox)):
            return Result.REFUSED
        yield self._env.timeout(self._work.miss)
        charge = Charge(self._counters, sandbox)
        fetched = yield from self._forwarding.search_alone(sandbox, charge)
        return self._result(fetched, Result.REFUSED)

    def _result(self, fetched: Fetched, fallback: Result) -> Result:
        match fetched:
            case Fetched.SEARCHED:
                return Result.SEARCHED
            case Fetched.SHARED:
                return Result.SHARED
            case Fetched.FAILED:
                return fallback

    def _fallback(self, stored: Stored) -> Result:
        return Result.STALE if stored.is_usable(self._env.now) else Result.REFUSED
