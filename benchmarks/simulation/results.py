"""The last run's outcomes, kept beside the code as the benchmarks' baseline is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import baseline
from benchmarks.cost.workload import Workload
from benchmarks.simulation.outcome import Outcome
from benchmarks.simulation.scenario import Scenario, Simulation
from benchmarks.simulation.scenarios import all_scenarios
from benchmarks.simulation.work import Work

KEPT = Path(__file__).parent / "results.json"
USUAL = Workload()

Outcomes = Mapping[str, Outcome]


def outcome(scenario: Scenario) -> Outcome:
    return Simulation(scenario, Work.measured(baseline.load()["medians"], USUAL)).run()


def run() -> dict[str, Outcome]:
    """All scenarios, each in a process of its own."""
    scenarios = all_scenarios()
    with ProcessPoolExecutor() as pool:
        return dict(zip(scenarios, pool.map(outcome, scenarios.values()), strict=True))


def keep(outcomes: Outcomes) -> None:
    values = {name: _rounded(asdict(each)) for name, each in outcomes.items()}
    KEPT.write_text(json.dumps(values, indent=1) + "\n")


def load() -> dict[str, Outcome]:
    return {name: Outcome(**each) for name, each in json.loads(KEPT.read_text()).items()}


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    """Another machine's mathematical library differs in the last digits."""
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in values.items()
    }
