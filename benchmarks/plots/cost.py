"""What a million searches cost, by the share of them that the cache answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from benchmarks.cost.bill import total
from benchmarks.cost.workload import Kind, Way, Workload

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "cost.svg"
TITLE = "Dollars per million searches, by hit ratio"
SIZE = (7.6, 4.2)
_STEPS = 20
_USUAL = Workload()
# The dearest first: the order in which the lines end.
_LINES = {
    "handwritten, no cache": replace(_USUAL, kind=Kind.PASS_THROUGH),
    "handwritten, with a cache": replace(_USUAL, kind=Kind.HANDWRITTEN),
    "this proxy, raw": _USUAL,
    "this proxy, upload": replace(_USUAL, way=Way.UPLOAD),
    "this proxy, hash first": replace(_USUAL, way=Way.HASH_FIRST),
}


def draw(figure: Figure, figures: Mapping[str, Any]) -> None:
    medians = figures["medians"]
    shares = [step / _STEPS for step in range(_STEPS + 1)]
    axes = figure.add_subplot()
    for name, workload in _LINES.items():
        dollars = [total(replace(workload, hits=share), medians) for share in shares]
        dashes = "solid" if workload.kind is Kind.OURS else "dashed"
        axes.plot(
            shares, dollars, linestyle=dashes, linewidth=2, label=f"{name}: {dollars[-1]:.1f}"
        )
    axes.set_title(
        f"1 MB photos, {_USUAL.memory_mb} MB of memory, upstream {_USUAL.upstream_ms:.0f} ms;"
        " bytes to upstream not counted"
    )
    axes.set(xlabel="hits", xlim=(0, 1), ylim=(0, None))
    axes.xaxis.set_major_formatter("{x:.0%}")
    axes.grid()
    figure.legend(loc="outside right center", title="at 100 % hits", alignment="left")
