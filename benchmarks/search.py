"""Searches from end to end, on the local stack, beside asking upstream's stand-in directly.

The emulated gateway and the phones share this machine's processors: compare, and add nothing up.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks import deployed_peer
from benchmarks.measured import OURS, Case
from benchmarks.nginx import ABSENT, CANNOT, NAME, is_installed, nginx
from benchmarks.phones import PHONES, Target, new_photo, zipf
from benchmarks.stack import Stack, local_stack

PART = "search"
DIRECT = "direct"
REQUESTS = 60
"""Of each variant, for a distribution of latencies."""
MIXED = 120
REPEATS = (0.3, 0.6, 0.9)
_MISSING = None if is_installed() else {NAME: ABSENT}


@dataclass(frozen=True)
class Field:
    """All who are asked, by name."""

    stack: Stack
    targets: Mapping[str, Target]

    def photo(self, seed: str) -> bytes:
        return new_photo(self.stack.sample, seed)


def measure(rounds: int) -> tuple[list[Case], dict[str, object]]:
    with local_stack() as stack, _field(stack) as field:
        _warm(field)
        hits = _latencies(field, [field.photo("popular")] * REQUESTS)
        misses = _latencies(field, [field.photo(f"miss-{n}") for n in range(REQUESTS)])
        cases = [*_latency_cases("hit", hits), *_latency_cases("miss", misses)]
        for repeats in REPEATS:
            cases += _mixed(field, repeats, rounds)
    return cases, {"latency_ms": {"hit": hits, "miss": misses}}


@contextmanager
def _field(stack: Stack) -> Iterator[Field]:
    direct = f"{stack.upstream}/v2/image_search?us=bench&key={stack.key}"
    targets = {
        DIRECT: Target(direct, {"x-cnstrc-token": stack.token}),
        OURS: Target(f"{stack.endpoint}/v2/image_search?us=bench"),
        "handwritten": deployed_peer.deploy(stack),
    }
    if not is_installed():
        yield Field(stack, targets)
        return
    with nginx(stack) as target:
        yield Field(stack, {**targets, NAME: target})


def _warm(field: Field) -> None:
    """As many sandboxes as there will be phones, each of which has searched."""
    for turn in range(2):
        photos = [field.photo(f"warm-{turn}-{n}") for n in range(PHONES * 2)]
        for target in field.targets.values():
            target.search_all(photos)
            target.search(field.photo("popular"))


def _latencies(field: Field, photos: list[bytes]) -> dict[str, list[float]]:
    """Milliseconds, one phone alone; the variants take turns by request."""
    taken: dict[str, list[float]] = {name: [] for name in field.targets}
    for photo in photos:
        for name, target in field.targets.items():
            taken[name].append(target.search(photo))
    return taken


def _latency_cases(name: str, taken: dict[str, list[float]]) -> list[Case]:
    slow = {variant: [_percentile_95(values)] for variant, values in taken.items()}
    return [
        Case(PART, f"{name}: latency", "ms", DIRECT, taken, (), _MISSING, guarded=False),
        Case(PART, f"{name}: latency, p95", "ms", DIRECT, slow, (), _MISSING, guarded=False),
    ]


def _percentile_95(values: list[float]) -> float:
    return sorted(values)[len(values) * 95 // 100]


def _mixed(field: Field, repeats: float, rounds: int) -> list[Case]:
    """Zipf's popularity: how many a second, and how many calls and bytes each spares."""
    speed: dict[str, list[float]] = {name: [] for name in field.targets}
    calls: dict[str, list[float]] = {name: [] for name in field.targets}
    for turn in range(rounds):
        photos = zipf(field.stack.sample, MIXED, repeats, f"zipf-{repeats}-{turn}")
        for name, target in field.targets.items():
            field.stack.forget()
            began = time.perf_counter()
            target.search_all(photos)
            speed[name].append(MIXED / (time.perf_counter() - began))
            calls[name].append(float(field.stack.upstream_calls()))
    share = f"{repeats:.0%} repeats"
    return [
        Case(PART, f"{share}: searches a second", "1/s", DIRECT, speed, (), _MISSING, False),
        Case(PART, f"{share}: upstream calls", f"of {MIXED}", DIRECT, calls, (), _MISSING),
        _bytes(field, repeats, share),
    ]


def _bytes(field: Field, repeats: float, share: str) -> Case:
    """What a phone sends that asks by hash first, beside one that always sends the photo."""
    photos = zipf(field.stack.sample, MIXED, repeats, f"bytes-{repeats}")
    ours = field.targets[OURS]
    sent = {
        "always sending": [sum(map(len, photos)) / 1e6],
        OURS: [sum(map(ours.search_by_hash, photos)) / 1e6],
    }
    name, unit = f"{share}: sent, hash first", "MB of photos"
    missing = {NAME: CANNOT} if repeats == REPEATS[0] else None
    return Case(PART, name, unit, "always sending", sent, (), missing)
