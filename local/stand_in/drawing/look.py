"""How one product looks: what a drawer is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from stand_in.drawing.canvas import Canvas, Paint
from stand_in.drawing.colours import COLOURS, Rgb, darker, tint
from stand_in.drawing.patterns import Pattern

Cut = Literal[0, 1]


@dataclass(frozen=True)
class Look:
    """A colour name, a pattern, and which of the category's two cuts."""

    colour: str
    pattern: Pattern = "plain"
    cut: Cut = 0

    @property
    def body(self) -> Rgb:
        """The main colour."""
        return COLOURS[self.colour]

    @property
    def shade(self) -> Rgb:
        """For trims, seams and insides."""
        return darker(self.body, 0.35)

    @property
    def paint(self) -> Paint:
        """The main colour with the pattern in a second tone."""
        return Paint(self.body, tint(self.body), self.pattern)


Drawer = Callable[[Canvas, Look], None]
