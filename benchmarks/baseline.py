"""The guard: the last run's ratios beside those that are committed.

``python -m benchmarks.baseline check``, or ``check hit`` for the parts that were run, or ``write``
after a change that is meant. All work on
``.bench/results.json``; milliseconds are kept as well, for the calculator and the plots, but only
ratios are compared: they are the same on a slow machine and on a fast one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import places
from benchmarks.measured import OURS, Case, Spread
from benchmarks.results import Results

FILE = places.PROJECT / "benchmarks" / "baseline.json"
TOLERANCE = 0.15
"""By which share a ratio may grow; what the run itself spreads by comes on top."""


@dataclass(frozen=True)
class Comparison:
    """One of our ratios, then and now; ``then`` is None for a case that is new."""

    key: str
    then: float | None
    now: Spread

    @property
    def is_regression(self) -> bool:
        """By its quartile, so that a noisy run alone is none."""
        return self.then is not None and self.now.low > self.then * (1 + TOLERANCE)

    def __str__(self) -> str:
        if self.then is None:
            return f"  new    {self.key}: {self.now.median:.2f}"
        change = self.now.median / self.then - 1
        verdict = "WORSE" if self.is_regression else "better" if change < -TOLERANCE else "ok"
        return (
            f"  {verdict:6} {self.key}: {self.then:.2f}, now {self.now.median:.2f} ({change:+.0%})"
        )


def summary(results: Results) -> dict[str, Any]:
    """What of a run is committed: our ratios, and every variant's medians."""
    return {
        "ratios": {case.key: round(case.ratio(OURS).median, 3) for case in _guarded(results)},
        "medians": {
            case.key: {name: round(case.spread(name).median, 3) for name in case.samples}
            for case in results.cases
        },
        "facts": _rounded(results.facts),
    }


def _guarded(results: Results) -> list[Case]:
    return [case for case in results.cases if case.guarded and OURS in case.samples]


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return " ".join(f"{number:.4g}" for number in value)  # one line of the file, not sixty
    return round(value, 1) if isinstance(value, float) else value


def compare(
    results: Results, baseline: dict[str, Any], parts: Sequence[str] = ()
) -> list[Comparison]:
    """Of these parts, or all; what was not run is left out."""
    ratios: dict[str, float] = baseline["ratios"]
    guarded = [case for case in _guarded(results) if not parts or case.part in parts]
    return [Comparison(case.key, ratios.get(case.key), case.ratio(OURS)) for case in guarded]


def unmeasured(results: Results, baseline: dict[str, Any]) -> list[str]:
    """The parts that the baseline has figures of, and this run has none."""
    kept = {key.split(":")[0] for key in baseline["medians"]}
    return sorted(kept - {case.part for case in results.cases})


def load(file: Path = FILE) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(file.read_text())
    return value


def main() -> None:
    results = Results.load()
    if not results.cases:
        sys.exit("Nothing has been measured yet: make bench")
    if sys.argv[1:] == ["write"]:
        missing = unmeasured(results, load())
        if missing:
            sys.exit(f'Not all is measured: make bench PART="{" ".join(missing)}"')
        FILE.write_text(json.dumps(summary(results), indent=1) + "\n")
        return
    found = compare(results, load(), sys.argv[2:])
    for comparison in found:
        print(comparison)
    worse = [comparison.key for comparison in found if comparison.is_regression]
    sys.exit(f"\n{len(worse)} of {len(found)} worse than the baseline" if worse else 0)


if __name__ == "__main__":
    main()
