"""Seconds of work in a sandbox, from the figures of the last benchmark."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.cost.prices import FULL_PROCESSOR_MB
from benchmarks.cost.workload import CALLS, DYNAMODB_MS, Medians, Workload

PLATFORM_START = 0.25
"""Assumed: what Lambda takes to place a sandbox and fetch the code, before ours begins."""


@dataclass(frozen=True)
class Work:
    """Without the table's and upstream's time, which pass in the simulation itself."""

    hit: float
    miss: float
    start: float

    @classmethod
    def measured(cls, medians: Medians, workload: Workload) -> Work:
        waited = CALLS[workload.kind] * DYNAMODB_MS + workload.upstream_ms
        share = min(1.0, workload.memory_mb / FULL_PROCESSOR_MB)
        start = medians["start: process start to handler ready"]["ours"] / share
        return cls(
            hit=(workload.hit_ms(medians) - DYNAMODB_MS) / 1e3,
            miss=(workload.miss_ms(medians) - waited) / 1e3,
            start=PLATFORM_START + start / 1e3,
        )
