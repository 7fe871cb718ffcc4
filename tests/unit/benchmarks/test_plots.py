"""docs/plots shows the committed figures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from types import ModuleType

import pytest

from benchmarks import baseline
from benchmarks.plots.__main__ import DIRECTORY, PLOTS
from benchmarks.plots.picture import svg

_each_plot = pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.NAME)


def drawn(plot: ModuleType) -> str:
    return svg(plot.SIZE, plot.TITLE, plot.draw, baseline.load())


def words(picture: str) -> list[str]:
    root = ElementTree.fromstring(picture)
    return ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]


def places(picture: str) -> list[float]:
    """All coordinates; identifiers are hashes, in which other digits may stand elsewhere."""
    without_names = re.sub(r'(id|href|clip-path)="[^"]*"|#[0-9a-f]+', "", picture)
    return [float(number) for number in re.findall(r"-?\d+\.\d+", without_names)]


@_each_plot
def test_plot_is_drawn_from_the_committed_figures(plot: ModuleType) -> None:
    committed, anew = (DIRECTORY / plot.NAME).read_text(), drawn(plot)
    assert words(committed) == words(anew)
    # Processors differ in the last digit.
    assert places(committed) == pytest.approx(places(anew), abs=0.05)


@_each_plot
def test_a_second_run_writes_the_same_bytes(plot: ModuleType) -> None:
    assert drawn(plot) == drawn(plot)


@_each_plot
def test_nothing_depends_on_a_style_sheets_variables(plot: ModuleType) -> None:
    assert "var(" not in drawn(plot)


@_each_plot
def test_a_screen_reader_is_given_the_title(plot: ModuleType) -> None:
    title = ElementTree.fromstring(drawn(plot)).find("{http://www.w3.org/2000/svg}title")
    assert title is not None
    assert title.text == plot.TITLE
