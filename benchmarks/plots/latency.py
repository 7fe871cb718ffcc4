"""How long a search takes on the local stack, as distributions on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from benchmarks.plots.picture import COLOURS, FAINT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAME = "latency.svg"
TITLE = "Milliseconds of one search, on one machine"
SIZE = (7.6, 4.6)
_RANGE = (0.5, 500)
_TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500)
_KINDS = {"hit": "answered from the cache", "miss": "searched (the stand-in takes 100 ms)"}


def draw(figure: Figure, figures: Mapping[str, Any]) -> None:
    panels = figure.subplots(len(_KINDS), sharex=True)
    for axes, (kind, words) in zip(panels, _KINDS.items(), strict=True):
        variants = figures["facts"]["latency_ms"][kind]
        _boxes(axes, {name: [float(ms) for ms in text.split()] for name, text in variants.items()})
        axes.set_title(words)
    panels[-1].set_xlabel("box: half of all searches; whiskers: 5 % to 95 %; mark: median")


def _boxes(axes: Axes, measured: Mapping[str, list[float]]) -> None:
    axes.set_xscale("log")
    axes.set_xticks(_TICKS, labels=[str(tick) for tick in _TICKS])
    axes.minorticks_off()
    axes.set_xlim(*_RANGE)
    axes.grid(axis="x")
    drawn = axes.boxplot(
        list(measured.values()),
        orientation="horizontal",
        tick_labels=list(measured),
        whis=(5, 95),
        showfliers=False,
        patch_artist=True,
        widths=0.5,
    )
    axes.invert_yaxis()
    for number, (box, median) in enumerate(zip(drawn["boxes"], drawn["medians"], strict=True)):
        colour = COLOURS[number]
        box.set(color=colour, alpha=0.45)
        median.set(color=colour, linewidth=3)
        whiskers = drawn["whiskers"][2 * number : 2 * number + 2]
        for line in (*whiskers, *drawn["caps"][2 * number : 2 * number + 2]):
            line.set(color=colour)
        _median(axes, median.get_xdata()[0], whiskers[1].get_xdata()[1], number + 1)


def _median(axes: Axes, value: float, end: float, row: int) -> None:
    """The figure beside its whisker."""
    words = f"{value:.0f}" if value >= 20 else f"{value:.1f}"
    axes.annotate(words, (end, row), (8, 0), textcoords="offset points", va="center", color=FAINT)
