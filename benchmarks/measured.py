"""What was measured: samples by variant, taken in turns, and what our own may cost at most."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

OURS = "ours"


@dataclass(frozen=True)
class Bound:
    """``ours`` may be at most ``limit`` times as much as the variant ``reference``."""

    reference: str
    limit: float


@dataclass(frozen=True)
class Spread:
    """A median and the quartiles around it."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(low, median, high)


@dataclass(frozen=True)
class Case:
    """The same work by several variants; sample *n* of each was taken in round *n*.

    ``guarded``: whether a change of the ratio is a regression. ``missing``: variants that could
    not be measured, and why.
    """

    part: str
    name: str
    unit: str
    reference: str
    samples: Mapping[str, Sequence[float]]
    bounds: Sequence[Bound] = ()
    missing: Mapping[str, str] | None = None
    guarded: bool = True

    @property
    def key(self) -> str:
        return f"{self.part}: {self.name}"

    def spread(self, variant: str) -> Spread:
        return Spread.of(self.samples[variant])

    def ratio(self, variant: str, reference: str | None = None) -> Spread:
        """Round by round, so that what slows the machine down slows both."""
        beside = self.samples[reference or self.reference]
        pairs = zip(self.samples[variant], beside, strict=True)
        return Spread.of([value / (other or 1e-9) for value, other in pairs])

    def over(self) -> list[tuple[Bound, float]]:
        """The bounds that are missed, each with the ratio that came out."""
        found = [(bound, self.ratio(OURS, bound.reference).median) for bound in self.bounds]
        return [(bound, ratio) for bound, ratio in found if ratio > bound.limit]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Case:
        return cls(**{**value, "bounds": tuple(Bound(**bound) for bound in value["bounds"])})
