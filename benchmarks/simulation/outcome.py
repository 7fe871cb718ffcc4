"""What came of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

GATEWAY = "API Gateway"


class Result(StrEnum):
    """What became of a request that reached a sandbox."""

    HIT = "hit"
    SEARCHED = "searched"
    SHARED = "shared another's search"
    STALE = "stale answer"
    REFUSED = "503 with Retry-After"


@dataclass(frozen=True)
class Outcome:
    """Of the measured span.

    ``seconds``: its length. ``asked``: requests that began in it. ``results``: of those, by what
    became of them; ``refused``: by the limit that did. ``p50``, ``p99``: seconds until an answer.
    ``calls``: of upstream, as long as the span lasted. ``busy_seconds``: of all sandboxes.
    ``all_calls``, ``throttled``, ``most_busy``, ``started``: of the whole run. ``hottest``: the
    highest use of one item, by kind, units a second.
    """

    seconds: float
    asked: int
    results: dict[str, int]
    refused: dict[str, int]
    throttled: dict[str, int]
    calls: int
    all_calls: int
    p50: float
    p99: float
    busy_seconds: float
    most_busy: int
    started: int
    written: float
    read: float
    hottest: dict[str, float]

    @property
    def answered(self) -> int:
        return sum(count for name, count in self.results.items() if not name.startswith("503"))

    @property
    def refusals(self) -> int:
        return sum(self.refused.values())

    def a_second(self, amount: float) -> float:
        return amount / self.seconds


def quantile(values: list[float], share: float) -> float:
    """The smallest value that ``share`` of the sorted values do not exceed; 0 of none."""
    if not values:
        return 0.0
    return values[min(len(values) - 1, int(len(values) * share))]


@dataclass
class Span:
    """Counts what happens in the measured part of a run."""

    begin: float
    end: float

    def __post_init__(self) -> None:
        self.asked = 0
        self.results: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.latencies: list[float] = []
        self.busy = 0.0

    def has(self, at: float) -> bool:
        return self.begin <= at < self.end
