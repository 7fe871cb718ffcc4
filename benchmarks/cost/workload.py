"""What is searched for and how, and how long an invocation is then billed for.

Processor time is measured. Below 1769 MB a function has a share of a processor, and the same work
takes longer by as much. Waiting is the network's and not measured: the round trips are counted, and
their length is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from benchmarks.cost.prices import FULL_PROCESSOR_MB

# Of one round trip inside a region.
DYNAMODB_MS = 4.0
S3_MS = 25.0
_SIZES = {"100 KB": 100_000, "1 MB": 1_000_000, "4 MB": 4_000_000}

# Processor milliseconds of the benchmarks' cases, by case and variant (``baseline.summary``).
Medians = Mapping[str, Mapping[str, float]]


class Way(StrEnum):
    """How a phone sends its photo."""

    RAW = "raw"
    JSON = "json"
    # Asks by the photo's name, and sends the photo only when that is not known.
    HASH_FIRST = "hash-first"
    # Asks by name, and uploads to S3 what is not known.
    UPLOAD = "upload"

    @property
    def asks_by_name(self) -> bool:
        return self in (Way.HASH_FIRST, Way.UPLOAD)


class Kind(StrEnum):
    """What is deployed."""

    OURS = "this proxy"
    HANDWRITTEN = "handwritten, with a cache"
    PASS_THROUGH = "handwritten, no cache"


# To DynamoDB on a miss, one after another: look-up; circuit and a look at the lease side by side;
# lease, quota and daily cap side by side; answer; end of the lease.
CALLS = {Kind.OURS: 5, Kind.HANDWRITTEN: 2, Kind.PASS_THROUGH: 0}


@dataclass(frozen=True)
class Workload:
    """``hits``: the share that is answered from the cache. ``image_bytes``: of a photo as it is
    sent."""

    hits: float = 0.6
    image_bytes: int = 1_000_000
    memory_mb: int = 768
    upstream_ms: float = 800
    way: Way = Way.RAW
    kind: Kind = Kind.OURS

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= 1:
            raise ValueError("hits is a share, from 0 to 1")

    @property
    def misses(self) -> float:
        return 1.0 if self.kind is Kind.PASS_THROUGH else 1 - self.hits

    def hit_ms(self, medians: Medians) -> float:
        """Of a search that is answered from the cache."""
        if self.way.asks_by_name:
            cpu = medians["hit: GET by hash"]["ours"]
        else:
            cpu = self._cpu(medians, "hit: JSON base64" if self.way is Way.JSON else "hit: raw")
        return self.stretched(cpu) + DYNAMODB_MS

    def miss_ms(self, medians: Medians) -> float:
        """Of all invocations that a search takes which upstream is asked for."""
        cpu = self._cpu(medians, "miss: raw")
        waited = CALLS[self.kind] * DYNAMODB_MS + self.upstream_ms
        if self.way.asks_by_name:
            # Asked by name before, in vain: the table and the bucket were both looked into.
            cpu += medians["hit: GET by hash"]["ours"]
            waited += DYNAMODB_MS + S3_MS
        if self.way is Way.UPLOAD:
            waited += S3_MS
        return self.stretched(cpu) + waited

    def _cpu(self, medians: Medians, case: str) -> float:
        """Between the sizes that were measured, and beyond them, along a straight line."""
        variant = "ours" if self.kind is Kind.OURS else "handwritten"
        points = [(size, medians[f"{case}, {label}"][variant]) for label, size in _SIZES.items()]
        lower, upper = points[:2] if self.image_bytes <= points[1][0] else points[1:]
        slope = (upper[1] - lower[1]) / (upper[0] - lower[0])
        return max(0.0, lower[1] + slope * (self.image_bytes - lower[0]))

    def stretched(self, cpu_ms: float) -> float:
        """Processor time as it is billed, with the share of a processor that the memory gives."""
        return cpu_ms / min(1.0, self.memory_mb / FULL_PROCESSOR_MB)
