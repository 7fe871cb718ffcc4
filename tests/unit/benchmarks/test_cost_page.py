"""docs/cost.md says what the calculator says."""

from __future__ import annotations

from benchmarks import baseline
from benchmarks.cost.billed import Billed
from benchmarks.cost.page import PAGE, rendered


def test_tables_are_those_of_the_committed_figures() -> None:
    text = PAGE.read_text()
    assert text == rendered(text, Billed(baseline.load()["medians"]))


def test_other_figures_make_another_page() -> None:
    medians = baseline.load()["medians"]
    slower = {
        case: {name: value * 10 for name, value in values.items()}
        for case, values in medians.items()
    }
    text = PAGE.read_text()
    assert text != rendered(text, Billed(slower))
