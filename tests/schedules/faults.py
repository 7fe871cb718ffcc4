"""What goes wrong with the table, and when."""

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum

from schedules.world import World

# The longest that one kind of call fails.
EPISODE_SECONDS = 40


class Fault(StrEnum):
    NONE = "none"
    THROTTLED = "throttled"
    DENIED = "denied"
    SLOW = "slow"  # a time-out, and nothing was done
    LATE = "late"  # a time-out, and what was asked is done afterwards
    LOST = "lost"  # done at once, but its answer does not come


@dataclass(frozen=True)
class Episode:
    """For a while, one kind of call fails. ``use``: empty for all of them."""

    since: float
    until: float
    use: str
    writes: bool
    reads: bool
    fault: Fault
    rate: float

    def covers(self, now: float, use: str, *, is_write: bool) -> bool:
        if not self.since <= now < self.until or self.use not in ("", use):
            return False
        return self.writes if is_write else self.reads


class Faults:
    """``rate``: of faults at any time."""

    def __init__(self, world: World, rate: float, episodes: tuple[Episode, ...]) -> None:
        self._world = world
        self._rate = rate
        self._episodes = episodes

    def fault(self, use: str, *, is_write: bool) -> Fault:
        chance = self._world.random
        if self._world.is_calm:
            return Fault.NONE
        for episode in self._episodes:
            covered = episode.covers(self._world.now, use, is_write=is_write)
            if covered and chance.random() < episode.rate:
                return episode.fault
        if chance.random() < self._rate:
            return chance.choice(tuple(Fault)[1:])
        return Fault.NONE

    def latency(self) -> float:
        """Seconds, one way: a millisecond or a few, and rarely a hundred."""
        chance = self._world.random
        return chance.uniform(0.001, 0.006) * (20 if chance.random() < 0.02 else 1)

    def lag(self, longest: float) -> float:
        """Seconds: one read in five is of a copy that lags behind."""
        chance = self._world.random
        return chance.uniform(0, longest) if chance.random() < 0.2 else 0.0


def random_episodes(chance: random.Random, horizon: float) -> tuple[Episode, ...]:
    return tuple(_random_episode(chance, horizon) for _ in range(chance.choice((0, 0, 1, 2, 3))))


def _random_episode(chance: random.Random, horizon: float) -> Episode:
    since = chance.uniform(0, horizon)
    writes = chance.random() < 0.8
    return Episode(
        since,
        since + chance.choice((3, 10, EPISODE_SECONDS)),
        chance.choice(("", "answers", "lease", "circuit", "limits", "limits", "tickets")),
        writes,
        not writes or chance.random() < 0.4,
        chance.choice((Fault.THROTTLED, Fault.THROTTLED, *tuple(Fault)[2:])),
        chance.choice((0.3, 1.0)),
    )
