"""docs/capacity.md says what the last simulation said."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.simulation import results
from benchmarks.simulation.page import PAGE, TABLES, rendered
from benchmarks.simulation.scenarios import all_scenarios


def test_tables_are_those_of_the_committed_outcomes() -> None:
    text = PAGE.read_text()
    assert text == rendered(text, results.load())


def test_every_table_is_shown() -> None:
    text = PAGE.read_text()
    assert [name for name in TABLES if f"<!-- table: {name} -->" not in text] == []


def test_every_scenario_has_its_outcome() -> None:
    assert list(results.load()) == list(all_scenarios())


def test_other_outcomes_make_another_page() -> None:
    slower = {name: replace(each, p50=each.p50 * 9) for name, each in results.load().items()}
    assert rendered(PAGE.read_text(), slower) != PAGE.read_text()
