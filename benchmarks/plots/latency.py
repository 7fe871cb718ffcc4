"""How long a search takes on the local stack, as distributions on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.plots.svg import Drawing, colour

NAME = "latency.svg"
LEFT, TOP, WIDE, ROW = 170.0, 80.0, 500.0, 34.0
_FIRST, _LAST = 0.5, 500.0
_TICKS = (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
_KINDS = {"hit": "answered from the cache", "miss": "searched (the stand-in takes 100 ms)"}


def draw(figures: Mapping[str, Any]) -> str:
    measured = {
        kind: {name: list(map(float, numbers.split())) for name, numbers in variants.items()}
        for kind, variants in figures["facts"]["latency_ms"].items()
    }
    variants = list(measured["hit"])
    height = TOP + 2 * (len(variants) * ROW + 30) + 40
    drawing = Drawing(760, height, "Milliseconds of one search, on one machine")
    about = "bar: half of all searches; line: 5 % to 95 %; mark: median"
    drawing.text((20, 52), about, kind="faint")
    for tick in _TICKS:
        drawing.line((_x(tick), TOP), (_x(tick), height - 36))
        drawing.text((_x(tick), height - 16), f"{tick:g}", kind="faint", anchor="middle")
    y = TOP
    for kind, words in _KINDS.items():
        drawing.text((20, y + 12), words)
        y += 24
        for number, variant in enumerate(variants):
            _row(drawing, y, variant, measured[kind][variant], colour(number))
            y += ROW
    return drawing.render()


def _row(drawing: Drawing, y: float, name: str, values: Sequence[float], fill: str) -> None:
    middle = y + ROW / 2 - 4
    low, first, median, third, high = (_share(values, part) for part in (5, 25, 50, 75, 95))
    drawing.text((LEFT - 12, middle + 4), name, anchor="end", fill=fill)
    drawing.line((_x(low), middle), (_x(high), middle), fill)
    drawing.bar((_x(first), middle - 8), (max(_x(third) - _x(first), 3), 16), fill, 0.45)
    drawing.line((_x(median), middle - 10), (_x(median), middle + 10), fill, 3)
    words = f"{median:.0f}" if median >= 20 else f"{median:.1f}"
    drawing.text((max(_x(high), _x(median)) + 8, middle + 4), words, kind="faint")


def _share(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) * percent // 100, len(values) - 1)]


def _x(milliseconds: float) -> float:
    within = min(max(milliseconds, _FIRST), _LAST)
    return LEFT + WIDE * math.log(within / _FIRST) / math.log(_LAST / _FIRST)
