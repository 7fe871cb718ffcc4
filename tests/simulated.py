"""The simulated proxy with one photo, whose table can be throttled."""

from __future__ import annotations

import random
from collections.abc import Hashable

import simpy

from benchmarks.simulation.answers import Answers, Before, Stored
from benchmarks.simulation.limits import NONE
from benchmarks.simulation.outcome import Result
from benchmarks.simulation.proxy import Proxy
from benchmarks.simulation.sandboxes import Sandbox
from benchmarks.simulation.table import Table
from benchmarks.simulation.upstream import Outage, Upstream
from benchmarks.simulation.work import Work
from benchmarks.simulation.zipf import Zipf

PHOTO = 1
WORK = Work(hit=0.005, miss=0.017, start=0.9)


class ThrottledTable(Table):
    """``throttled_until``: by kind and item, seconds."""

    def __init__(self, env: simpy.Environment) -> None:
        super().__init__(env, NONE, items_are_limited=False)
        self.throttled_until: dict[tuple[str, Hashable], float] = {}

    def _taken(self, kind: str, item: Hashable, units: float) -> bool:
        if self._env.now < self.throttled_until.get((kind, item), 0):
            return False
        return super()._taken(kind, item, units)


class Deployment:
    """``upstream_seconds``: of each call."""

    def __init__(
        self,
        before: Before = Before.EMPTY,
        upstream_seconds: float = 0.8,
        outage: Outage | None = None,
    ) -> None:
        chance = random.Random(16)
        self.env = simpy.Environment()
        self.table = ThrottledTable(self.env)
        self.answers = Answers(1, Zipf(1), chance, before)
        self.upstream = Upstream(self.env, chance, upstream_seconds, 0, outage=outage)
        self._proxy = Proxy(self.env, self.table, self.answers, self.upstream, WORK, chance)

    @property
    def stored(self) -> Stored:
        return self.answers.of(PHOTO, self.env.now)

    def ask(self, sandbox: Sandbox | None = None) -> simpy.Process:
        """Begins a request, in a new sandbox unless one is given."""
        return self.env.process(self._proxy.serve(PHOTO, sandbox or Sandbox()))

    def results(self, *requests: simpy.Process) -> list[Result]:
        """After all have been answered."""
        self.env.run()
        return [Result(str(each.value)) for each in requests]

    def used(self) -> tuple[float, float]:
        """Read and write units."""
        return self.table.used["read"], self.table.used["write"]
