"""What is simulated, and the simulation of it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass

import simpy

from benchmarks.simulation.answers import Answers, Before
from benchmarks.simulation.limits import NONE, Limits
from benchmarks.simulation.outcome import GATEWAY, Outcome, Result, Span, quantile
from benchmarks.simulation.photos import AllDifferent, Photos
from benchmarks.simulation.popularity import photos_for
from benchmarks.simulation.proxy import Proxy
from benchmarks.simulation.sandboxes import Sandbox, Sandboxes
from benchmarks.simulation.table import Table
from benchmarks.simulation.token_bucket import TokenBucket
from benchmarks.simulation.upstream import SPREAD, Outage, Upstream
from benchmarks.simulation.work import Work
from benchmarks.simulation.zipf import Zipf

DRAIN = 30.0
"""Seconds after the last request, in which those under way come to their end."""


@dataclass(frozen=True)
class Scenario:
    """``rate``: requests a second. ``repeats``: the share that the cache answers in the long run;
    None: all are for one photo. ``begin``, ``end``: the measured span, seconds. ``warm``: whether
    sandboxes stand ready. ``timeout``: how long the proxy waits for upstream. ``keeps``: for how
    long a sandbox would answer from its own memory."""

    rate: float
    repeats: float | None = 0.6
    limits: Limits = NONE
    begin: float = 3.0
    end: float = 8.0
    warm: bool = True
    before: Before = Before.LONG_IN_USE
    outage: Outage | None = None
    timeout: float = 20.0
    keeps: float = 0.0
    upstream_seconds: float = 0.8
    upstream_spread: float = SPREAD
    seed: int = 16

    @property
    def photos(self) -> Photos:
        if self.repeats is None:
            return Zipf(1)
        return photos_for(self.rate, self.repeats) if self.repeats else AllDifferent()

    @property
    def expected_busy(self) -> float:
        """Little's law: sandboxes in use are requests a second times the seconds of each."""
        misses = 0.0 if self.repeats is None else 1 - self.repeats
        return self.rate * (misses * (self.upstream_seconds + 0.1) + 0.02)


class Simulation:
    def __init__(self, scenario: Scenario, work: Work) -> None:
        chance = random.Random(scenario.seed)
        self._scenario = scenario
        self._work = work
        self._chance = chance
        self._env = env = simpy.Environment()
        self._photos = scenario.photos
        limits = scenario.limits
        self._gateway = TokenBucket(limits.gateway_rate, limits.gateway_burst)
        warm = int(scenario.expected_busy * 1.3) + 10 if scenario.warm else 0
        self._sandboxes = Sandboxes(env, limits, warm)
        self._table = Table(env, limits, items_are_limited=limits != NONE)
        self._upstream = Upstream(
            env,
            chance,
            scenario.upstream_seconds,
            scenario.upstream_spread,
            scenario.timeout,
            scenario.outage,
        )
        answers = Answers(scenario.rate, self._photos, chance, scenario.before)
        self._proxy = Proxy(
            env, self._table, answers, self._upstream, work, chance, keeps=scenario.keeps
        )
        self._span = Span(scenario.begin, scenario.end)
        self._used_before: dict[str, float] = {}
        self._calls_before = 0

    def run(self) -> Outcome:
        self._env.process(self._arrivals())
        if self._scenario.begin:
            self._env.run(until=self._scenario.begin)
        used_before, calls_before = dict(self._table.used), self._upstream.calls
        by_item_before = Counter(self._table.by_item)
        self._env.run(until=self._scenario.end)
        used, calls = dict(self._table.used), self._upstream.calls
        by_item = self._table.by_item - by_item_before
        self._env.run(until=self._scenario.end + DRAIN)
        return self._outcome(
            {kind: used.get(kind, 0) - used_before.get(kind, 0) for kind in ("read", "write")},
            calls - calls_before,
            by_item,
        )

    def _arrivals(self) -> Generator[simpy.Event, object, None]:
        """Independently of each other: exponential pauses."""
        while self._env.now < self._scenario.end:
            yield self._env.timeout(self._chance.expovariate(self._scenario.rate))
            self._admit(self._photos.draw(self._chance))

    def _admit(self, photo: int) -> None:
        now = self._env.now
        measured = self._span.has(now)
        self._span.asked += measured
        if not self._gateway.take(1, now):
            self._span.refused[GATEWAY] += measured
            return
        before = Counter(self._sandboxes.refused)
        sandbox = self._sandboxes.take()
        if sandbox is None:
            self._span.refused[next(iter(self._sandboxes.refused - before))] += measured
            return
        self._env.process(self._request(photo, sandbox, measured=measured))

    def _request(
        self, photo: int, sandbox: Sandbox, *, measured: bool
    ) -> Generator[simpy.Event, object, None]:
        begun = self._env.now
        if sandbox.is_new:
            yield self._env.timeout(self._work.start)
        result = yield from self._proxy.serve(photo, sandbox)
        self._sandboxes.give_back(sandbox)
        if not measured:
            return
        self._span.results[result] += 1
        self._span.busy += self._env.now - begun
        if result is not Result.REFUSED:
            self._span.latencies.append(self._env.now - begun)

    def _outcome(
        self, used: dict[str, float], calls: int, by_item: Counter[tuple[str, object]]
    ) -> Outcome:
        span = self._span
        seconds = span.end - span.begin
        latencies = sorted(span.latencies)
        hottest = {
            kind: max((units for (each, _), units in by_item.items() if each == kind), default=0)
            / seconds
            for kind in ("read", "write")
        }
        return Outcome(
            seconds=seconds,
            asked=span.asked,
            results={str(name): count for name, count in span.results.items()},
            refused={name: count for name, count in span.refused.items() if count},
            throttled=dict(self._table.throttled),
            calls=calls,
            all_calls=self._upstream.calls,
            p50=quantile(latencies, 0.5),
            p99=quantile(latencies, 0.99),
            busy_seconds=span.busy,
            most_busy=self._sandboxes.most_busy,
            started=self._sandboxes.started,
            written=used["write"],
            read=used["read"],
            hottest=hottest,
        )
