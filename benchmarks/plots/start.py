"""How long a fresh process takes until it can answer, and what ours spends that on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks import start
from benchmarks.plots.svg import Drawing, colour

NAME = "start-up.svg"
LEFT, TOP, WIDE, ROW = 170.0, 76.0, 500.0, 38.0
_KEY_COLUMNS = 3


def draw(figures: Mapping[str, Any]) -> str:
    medians: dict[str, float] = figures["medians"][f"{start.PART}: {start.NAME}"]
    groups = _groups(medians, figures["facts"]["import_ms"])
    rows = len(medians)
    drawing = Drawing(
        760, TOP + rows * ROW + 84, "Milliseconds from process start to handler ready"
    )
    about = "local machine, no snapshot; shares of ours by -X importtime"
    drawing.text((20, 52), about, kind="faint")
    scale = WIDE / max(medians.values())
    for number, (name, value) in enumerate(medians.items()):
        y = TOP + number * ROW
        drawing.text((LEFT - 12, y + 18), name, anchor="end")
        _bar(drawing, y, value * scale, groups if name == "ours" else {})
        drawing.text((LEFT + value * scale + 8, y + 18), f"{value:.0f}", kind="faint")
    _key(drawing, TOP + rows * ROW + 24, groups)
    return drawing.render()


def _groups(medians: Mapping[str, float], imports: Mapping[str, float]) -> dict[str, float]:
    """Shares of the whole; what is no import is Python itself and the runtime client."""
    whole = medians["ours"]
    scale = min(1.0, 0.95 * whole / sum(imports.values()))  # being timed takes time
    shares = {name: value * scale / whole for name, value in imports.items()}
    return {**shares, "runtime": 1 - sum(shares.values())}


def _bar(drawing: Drawing, y: float, width: float, groups: Mapping[str, float]) -> None:
    if not groups:
        drawing.bar((LEFT, y), (width, 26), "var(--faint)", 0.45)
        return
    x = LEFT
    for number, share in enumerate(groups.values()):
        drawing.bar((x, y), (width * share, 26), _fill(number))
        x += width * share


def _key(drawing: Drawing, y: float, groups: Mapping[str, float]) -> None:
    for number, (name, share) in enumerate(groups.items()):
        x = 40 + number % _KEY_COLUMNS * 230
        line = y + number // _KEY_COLUMNS * 22
        drawing.bar((x, line - 11), (14, 14), _fill(number))
        drawing.text((x + 22, line), f"{name}, {share:.0%}")


def _fill(number: int) -> str:
    return colour(number) if number < 7 else "var(--grid)"
