"""How long a fresh process takes until it can answer, and what ours spends that on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from benchmarks import start
from benchmarks.plots.picture import COLOURS, GREY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "start-up.svg"
TITLE = "Milliseconds from process start to handler ready"
SIZE = (7.6, 4.2)


def draw(figure: Figure, figures: Mapping[str, Any]) -> None:
    medians: dict[str, float] = figures["medians"][f"{start.PART}: {start.NAME}"]
    axes = figure.add_subplot()
    axes.set_title("local machine, no snapshot; shares of ours by -X importtime")
    bars = axes.barh(list(medians), list(medians.values()), height=0.65, color=GREY)
    axes.bar_label(bars, fmt="{:.0f}", padding=5)
    groups = _groups(medians, figures["facts"]["import_ms"])
    left = 0.0
    for (name, share), colour in zip(groups.items(), (*COLOURS, GREY), strict=True):
        width = share * medians["ours"]
        axes.barh(["ours"], [width], 0.65, left, color=colour, label=f"{name}, {share:.0%}")
        left += width
    axes.margins(x=0.08)
    axes.invert_yaxis()
    axes.grid(axis="x")
    figure.legend(loc="outside lower center", ncols=3)


def _groups(medians: Mapping[str, float], imports: Mapping[str, float]) -> dict[str, float]:
    """Shares of the whole; what is no import is Python itself and the runtime client."""
    whole = medians["ours"]
    scale = min(1.0, 0.95 * whole / sum(imports.values()))  # being timed takes time
    shares = {name: value * scale / whole for name, value in imports.items()}
    return {**shares, "runtime": 1 - sum(shares.values())}
