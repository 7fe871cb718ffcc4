"""Billed milliseconds of an invocation: measured processor time, stretched, and what is waited for.

Below 1769 MB a function has a share of a processor, and the same work takes longer by as much.
Waiting is not measured, for it is the network's: the round trips are counted, and their length is
assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.cost.prices import FULL_PROCESSOR_MB
from benchmarks.cost.workload import Kind, Way, Workload

DYNAMODB_MS = 4.0
"""Of one round trip inside a region."""
S3_MS = 25.0
CALLS = {Kind.OURS: 5, Kind.HANDWRITTEN: 2, Kind.PASS_THROUGH: 0}
"""To DynamoDB on a miss: look-up, circuit, budget, lease, answer; the day's fuse is one of many."""
_SIZES = {"100 KB": 100_000, "1 MB": 1_000_000, "4 MB": 4_000_000}
_NAMES = {Kind.OURS: "ours", Kind.HANDWRITTEN: "handwritten", Kind.PASS_THROUGH: "handwritten"}

Medians = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Billed:
    """``medians``: of the benchmarks' cases, by case and variant (``baseline.summary``)."""

    medians: Medians

    def hit_ms(self, workload: Workload) -> float:
        """A search that is answered from the cache."""
        return self._stretched(self._hit_cpu(workload), workload) + DYNAMODB_MS

    def miss_ms(self, workload: Workload) -> float:
        """All invocations that a search takes which upstream is asked for."""
        cpu = self._cpu("miss: raw", workload)
        waited = CALLS[workload.kind] * DYNAMODB_MS + workload.upstream_ms
        if workload.way in (Way.HASH_FIRST, Way.UPLOAD):
            # Asked by name before, in vain: the table and the bucket were both looked into.
            cpu += self.medians["hit: GET by hash"]["ours"]
            waited += DYNAMODB_MS + S3_MS
        if workload.way is Way.UPLOAD:
            waited += S3_MS
        return self._stretched(cpu, workload) + waited

    def _hit_cpu(self, workload: Workload) -> float:
        if workload.way in (Way.HASH_FIRST, Way.UPLOAD):
            return self.medians["hit: GET by hash"]["ours"]
        kind = "hit: JSON base64" if workload.way is Way.JSON else "hit: raw"
        return self._cpu(kind, workload)

    def _cpu(self, case: str, workload: Workload) -> float:
        """Between the sizes that were measured, and beyond them, along a straight line."""
        name = _NAMES[workload.kind]
        points = [(size, self.medians[f"{case}, {label}"][name]) for label, size in _SIZES.items()]
        lower, upper = points[:2] if workload.image_bytes <= points[1][0] else points[1:]
        slope = (upper[1] - lower[1]) / (upper[0] - lower[0])
        return max(0.0, lower[1] + slope * (workload.image_bytes - lower[0]))

    def _stretched(self, cpu_ms: float, workload: Workload) -> float:
        return cpu_ms / min(1.0, workload.memory_mb / FULL_PROCESSOR_MB)
