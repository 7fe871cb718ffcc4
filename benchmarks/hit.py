"""A hit: the processor's time of one invocation, by each way in and several sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks import events
from benchmarks.built import compiled
from benchmarks.fleet import Sandbox, loopback, sandboxes
from benchmarks.interleaved import in_turns
from benchmarks.measured import OURS, Bound, Case
from benchmarks.variants import BEST, FASTAPI, HANDWRITTEN, STDLIB, ours, thin, thin_name

PART = "hit"
SIZES = {"100 KB": (100_000, 20), "1 MB": (1_000_000, 10), "4 MB": (4_000_000, 4)}
"""Bytes, and how many invocations make one sample."""
_BEST = Bound(BEST.name, 1.25)
_BY_HASH = Bound(BEST.name, 0.95)
_STDLIB = Bound(STDLIB.name, 1.0)
"""Where there is base64 to decode, which is what the standard library is slow at."""


@dataclass(frozen=True)
class Way:
    """A way in; ``peers``: who else takes it."""

    name: str
    event: Callable[[int], Path]
    peers: Sequence[str] = ()
    bounds: Sequence[Bound] = (_BEST, _STDLIB)


_FLOORS = (BEST.name, STDLIB.name, thin_name(BEST))
_WAYS = (
    Way("raw", events.raw, (HANDWRITTEN.name, FASTAPI.name), (Bound(BEST.name, 0.95), _STDLIB)),
    Way("JSON base64", events.json_base64, (HANDWRITTEN.name,)),
    Way("S3 uri", events.s3_uri, (), (_BEST,)),
)

_TIGHTER = {"raw, 100 KB": (Bound(BEST.name, 0.85), _STDLIB)}


def measure(rounds: int) -> tuple[list[Case], dict[str, object]]:
    variants = (BEST, STDLIB, thin(BEST, compiled()), ours(compiled()), HANDWRITTEN, FASTAPI)
    by_hash = Way("GET by hash", lambda _: events.by_hash(), (), (_BY_HASH,))
    not_modified = Way("304", lambda _: events.not_modified(), (), (_BY_HASH,))
    with loopback() as environment, sandboxes(variants, environment) as fleet:
        cases = [
            _case(f"{way.name}, {size}", way, count, times, fleet, rounds)
            for way in _WAYS
            for size, (count, times) in SIZES.items()
        ]
        cases += [_case(way.name, way, 0, 20, fleet, rounds) for way in (by_hash, not_modified)]
    return cases, {}


def _case(
    name: str, way: Way, size: int, times: int, fleet: dict[str, Sandbox], rounds: int
) -> Case:
    event = way.event(size)
    chosen = [*_FLOORS, OURS, *way.peers]
    work = {variant: partial(_cpu, fleet[variant], event, times) for variant in chosen}
    bounds = _TIGHTER.get(name, way.bounds)
    return Case(PART, name, "CPU ms", BEST.name, in_turns(work, rounds), bounds)


def _cpu(sandbox: Sandbox, event: Path, times: int) -> float:
    return float(sandbox.invoke(event, times)["cpu_ms"])
