"""A miss with an upstream that answers at once: the processor's time of one invocation."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from benchmarks import events
from benchmarks.built import compiled
from benchmarks.fleet import Sandbox, loopback, sandboxes
from benchmarks.interleaved import in_turns
from benchmarks.loopback import aws
from benchmarks.measured import Bound, Case
from benchmarks.variants import FASTAPI, GUARDED, HANDWRITTEN, STDLIB, ours, thin

PART = "miss"
SIZES = {
    "100 KB": (100_000, 10, 1.3),
    "1 MB": (1_000_000, 6, 0.8),
    "4 MB": (4_000_000, 3, 0.55),
}
"""Bytes, how many invocations make one sample, and the most of the floor's time."""


def measure(rounds: int) -> tuple[list[Case], dict[str, object]]:
    variants = [
        replace(variant, table=aws.MISSES)
        for variant in (
            STDLIB,
            GUARDED,
            thin(STDLIB, compiled()),
            ours(compiled()),
            HANDWRITTEN,
            FASTAPI,
        )
    ]
    cases = []
    with loopback() as environment, sandboxes(variants, environment) as fleet:
        for name, (size, times, limit) in SIZES.items():
            event = events.raw(size)
            work = {name: partial(_cpu, box, event, times) for name, box in fleet.items()}
            bounds = (Bound(STDLIB.name, limit),)
            taken = in_turns(work, rounds)
            cases.append(Case(PART, f"raw, {name}", "CPU ms", STDLIB.name, taken, bounds))
    return cases, {}


def _cpu(sandbox: Sandbox, event: Path, times: int) -> float:
    return float(sandbox.invoke(event, times)["cpu_ms"])
