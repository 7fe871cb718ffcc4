"""docs/cost.md says what the calculator says."""

from __future__ import annotations

from typing import Any

from benchmarks import baseline
from benchmarks.cost.page import PAGE, rendered
from benchmarks.cost.workload import Workload


def test_tables_are_those_of_the_committed_figures() -> None:
    text = PAGE.read_text()
    assert text == rendered(text, baseline.load()["medians"])


def test_other_figures_make_another_page() -> None:
    medians = baseline.load()["medians"]
    slower = {
        case: {name: value * 10 for name, value in values.items()}
        for case, values in medians.items()
    }
    text = PAGE.read_text()
    assert text != rendered(text, slower)


def test_usual_workload_runs_in_the_memory_that_is_deployed(template: dict[str, Any]) -> None:
    assert template["Parameters"]["MemorySize"]["Default"] == Workload().memory_mb
