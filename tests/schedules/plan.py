"""What a schedule is made of, drawn at random: traffic, clocks, limits, and what goes wrong."""

from __future__ import annotations

import random
from dataclasses import dataclass

from schedules.faults import Episode, random_episodes
from schedules.limits import Limits
from schedules.upstream import Outage

PHOTOS = 12
# Ages of stored answers, in seconds, of 600 s of freshness: fresh, due for renewal, stale, and too
# stale for any use.
_AGES = (100, 545, 560, 650, 100_000)
# So many calls are counted in advance, several at a time.
_LARGE_CAP = 400_000


@dataclass(frozen=True)
class Plan:
    """``ages``: of the answer to each photo, None where there is none. ``arrivals``, ``uploads``:
    seconds, and the number of the photo."""

    kind: str
    horizon: float
    ages: tuple[int | None, ...]
    arrivals: tuple[tuple[float, int], ...]
    uploads: tuple[tuple[float, int], ...]
    skewed: bool
    limits: Limits
    calls_counted: int
    by_name: float
    sandbox_faults: float
    table_faults: float
    episodes: tuple[Episode, ...]
    longest_search: float
    upstream_faults: float
    outages: tuple[Outage, ...]


def draw(chance: random.Random) -> Plan:
    kind = chance.choice(("mixed", "mixed", "crowd", "outage", "renewals", "budget"))
    horizon = {"crowd": 15.0, "outage": 40.0, "renewals": 130.0}.get(kind)
    horizon = horizon or chance.choice((15.0, 40.0, 130.0))
    photos = {"crowd": 1, "outage": PHOTOS, "budget": PHOTOS}.get(kind)
    photos = photos or chance.randint(1, chance.choice((2, PHOTOS)))
    limits = _limits(chance, kind)
    return Plan(
        kind=kind,
        horizon=horizon,
        ages=tuple(_age(chance, kind) for _ in range(photos)),
        arrivals=tuple(_arrivals(chance, kind, horizon, photos)),
        uploads=tuple(
            (chance.uniform(0, horizon), chance.randrange(photos))
            for _ in range(chance.choice((0, 2, 10)))
        ),
        skewed=chance.random() < 0.7,
        limits=limits,
        calls_counted=limits.cap - chance.randint(0, 30) if limits.cap == _LARGE_CAP else 0,
        by_name=chance.choice((0.0, 0.4, 1.0)),
        sandbox_faults=chance.choice((0, 0.003, 0.01)),
        table_faults=chance.choice((0, 0, 0.02, 0.1)),
        episodes=random_episodes(chance, horizon),
        longest_search=chance.choice((2, 12)),
        upstream_faults=chance.choice((0, 0.1, 0.4)),
        outages=_outages(chance, kind, horizon),
    )


def _limits(chance: random.Random, kind: str) -> Limits:
    if kind in ("outage", "crowd"):
        return Limits(100_000, 1000, 5000)
    caps = (2, 10, _LARGE_CAP) if kind == "budget" else (60, 1000, _LARGE_CAP)
    return Limits(chance.choice(caps), chance.choice((3, 1000)), chance.choice((10, 5000)))


def _age(chance: random.Random, kind: str) -> int | None:
    if kind == "renewals":
        return chance.choice((545, 560))
    stored = 0.2 if kind == "outage" else 0.7
    return chance.choice(_AGES) if chance.random() < stored else None


def _arrivals(
    chance: random.Random, kind: str, horizon: float, photos: int
) -> list[tuple[float, int]]:
    """Bursts for one photo each, and single requests."""
    found = []
    for _ in range(chance.choice((1, 2, 4))):
        start, photo = chance.uniform(0, horizon), chance.randrange(photos)
        size = chance.randint(10, 30) if kind == "crowd" else chance.randint(1, 12)
        found += [(start + chance.uniform(0, 2), photo) for _ in range(size)]
    many = kind in ("outage", "renewals")
    for _ in range(80 if many else chance.choice((5, 20, 60))):
        found.append((chance.uniform(0, horizon), chance.randrange(photos)))
    return found


def _outages(chance: random.Random, kind: str, horizon: float) -> tuple[Outage, ...]:
    if kind != "outage" and chance.random() < 0.7:
        return ()
    since = chance.uniform(0, horizon / 2)
    way = chance.choice(("500", "500", "503", "hangs"))
    return (Outage(since, since + chance.choice((5, 20, 30)), way),)
