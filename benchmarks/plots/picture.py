"""How all plots look, and the file they are written to: the same bytes for the same figures.

The colours stand in the file, on a white ground of its own: what knows neither style sheets nor a
dark mode shows the same picture, and on a dark page it is a light card.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.figure import Figure
from matplotlib.typing import RcKeyType

FAINT = "#59636e"
GREY = "#afb8c1"
# Each has a contrast of at least 4.5 to 1 on white.
COLOURS = ("#0b62c4", "#c2410c", "#15803d", "#8b3fc7", "#8a5a00", "#52606d", "#be185d")

_STYLE: dict[RcKeyType, Any] = {
    "svg.fonttype": "none",  # words stay words: they can be searched for, and are read aloud
    "svg.hashsalt": "plots",  # else each run makes other identifiers
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Helvetica", "Arial"],
    "font.size": 9,
    "text.color": "#1f2328",
    "axes.titlesize": 9,
    "axes.titlecolor": FAINT,
    "axes.titlelocation": "left",
    "axes.labelcolor": FAINT,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=COLOURS),
    "grid.color": "#d8dee4",
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "legend.frameon": False,
    "figure.facecolor": "white",
    "figure.constrained_layout.h_pad": 0.1,
    "figure.constrained_layout.w_pad": 0.1,
}


def svg(
    inches: tuple[float, float],
    title: str,
    draw: Callable[[Figure, Mapping[str, Any]], None],
    figures: Mapping[str, Any],
) -> str:
    """The file's text. ``title``: above the plot, and what a screen reader says."""
    file = io.StringIO()
    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=inches, layout="constrained")
        figure.suptitle(title, x=0.02, ha="left", size=11, weight="bold")
        draw(figure, figures)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None, "Title": title})
    return file.getvalue()
