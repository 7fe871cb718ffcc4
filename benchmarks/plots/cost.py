"""What a million searches cost, by the share of them that the cache answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from benchmarks.cost.bill import bill
from benchmarks.cost.billed import Billed
from benchmarks.cost.workload import Kind, Way, Workload
from benchmarks.plots.svg import Drawing, colour

NAME = "cost.svg"
LEFT, TOP, WIDE, HIGH = 60.0, 70.0, 480.0, 290.0
_STEPS = 20
_USUAL = Workload(vendor_is_outside=False)
_LINES = {
    "handwritten, with a cache": replace(_USUAL, kind=Kind.HANDWRITTEN),
    "handwritten, no cache": replace(_USUAL, kind=Kind.PASS_THROUGH),
    "this proxy, raw": _USUAL,
    "this proxy, upload": replace(_USUAL, way=Way.UPLOAD),
    "this proxy, hash first": replace(_USUAL, way=Way.HASH_FIRST),
}


def draw(figures: Mapping[str, Any]) -> str:
    billed = Billed(figures["medians"])
    shares = [step / _STEPS for step in range(_STEPS + 1)]
    lines = {
        name: [bill(replace(workload, hits=share), billed).total for share in shares]
        for name, workload in _LINES.items()
    }
    most = 25.0 * (max(max(values) for values in lines.values()) // 25 + 1)
    drawing = Drawing(760, 420, "Dollars per million searches, by hit ratio")
    setting = f"1 MB photos, {_USUAL.memory_mb} MB of memory, vendor {_USUAL.upstream_ms:.0f} ms"
    about = f"{setting}; bytes to the vendor not counted"
    drawing.text((20, 52), about, kind="faint")
    _axes(drawing, most)
    for number, values in enumerate(lines.values()):
        points = [
            (LEFT + share * WIDE, TOP + HIGH * (1 - value / most))
            for share, value in zip(shares, values, strict=True)
        ]
        drawing.path(points, colour(number), "" if number > 1 else "7 4")
    _labels(drawing, lines, most)
    return drawing.render()


def _axes(drawing: Drawing, most: float) -> None:
    for step in range(6):
        value = most * step / 5
        y = TOP + HIGH * (1 - step / 5)
        drawing.line((LEFT, y), (LEFT + WIDE, y))
        drawing.text((LEFT - 8, y + 4), f"{value:g}", kind="faint", anchor="end")
        x = LEFT + WIDE * step / 5
        drawing.text((x, TOP + HIGH + 20), f"{step * 20} %", kind="faint", anchor="middle")
    drawing.text((LEFT + WIDE / 2, TOP + HIGH + 42), "hits", kind="faint", anchor="middle")


def _labels(drawing: Drawing, lines: Mapping[str, list[float]], most: float) -> None:
    """At the lines' ends, moved apart where they would cover each other."""
    names = list(lines)
    floor = TOP + HIGH + 4
    wanted = {name: TOP + HIGH * (1 - lines[name][-1] / most) + 4 for name in names}
    for name in sorted(names, key=lambda name: -wanted[name]):
        y = min(wanted[name], floor)
        floor = y - 17
        words = f"{name}  {lines[name][-1]:.1f}"
        drawing.text((LEFT + WIDE + 10, y), words, fill=colour(names.index(name)))
