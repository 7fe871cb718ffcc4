"""docs/plots shows the committed figures."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from types import ModuleType

import pytest

from benchmarks import baseline
from benchmarks.plots import cost, latency, start
from benchmarks.plots.__main__ import DIRECTORY
from benchmarks.plots.svg import Drawing

PLOTS = (cost, latency, start)


@pytest.mark.parametrize("plot", PLOTS, ids=lambda plot: plot.NAME)
def test_plot_is_drawn_from_the_committed_figures(plot: ModuleType) -> None:
    assert (DIRECTORY / plot.NAME).read_text() == plot.draw(baseline.load())


def test_words_are_escaped() -> None:
    drawing = Drawing(10, 10, 'less < more & "so"')
    drawing.text((1, 2), "1 < 2")
    root = ElementTree.fromstring(drawing.render())
    assert root.attrib["aria-label"] == 'less < more & "so"'
    assert [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")] == [
        'less < more & "so"',
        "1 < 2",
    ]


def test_dark_readers_get_other_colours() -> None:
    assert "@media (prefers-color-scheme: dark)" in Drawing(10, 10, "").render()
