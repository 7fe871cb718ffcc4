"""The image search that is proxied: how long it takes, and when it fails."""

from __future__ import annotations

import random
from collections.abc import Generator
from dataclasses import dataclass

import simpy

SPREAD = 0.25
"""Of a log-normal distribution: one call in a hundred takes 1.8 times the median."""


@dataclass(frozen=True)
class Outage:
    """``silent``: no answer at all, until the proxy's time-out; else 503 in the usual time."""

    begin: float
    end: float
    silent: bool


class Upstream:
    """``seconds``: the median. ``calls``: all that were made."""

    def __init__(
        self,
        env: simpy.Environment,
        chance: random.Random,
        seconds: float = 0.8,
        spread: float = SPREAD,
        timeout: float = 20.0,
        outage: Outage | None = None,
    ) -> None:
        self._env = env
        self._chance = chance
        self._seconds = seconds
        self._spread = spread
        self._timeout = timeout
        self._outage = outage
        self.calls = 0

    def call(self) -> Generator[simpy.Event, object, bool]:
        """False when it failed."""
        self.calls += 1
        failing = self._outage is not None and (
            self._outage.begin <= self._env.now < self._outage.end
        )
        if failing and self._outage is not None and self._outage.silent:
            yield self._env.timeout(self._timeout)
            return False
        spread = self._chance.lognormvariate(0, self._spread) if self._spread else 1.0
        yield self._env.timeout(self._seconds * spread)
        return not failing
