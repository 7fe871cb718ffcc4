"""A drawing of lines, bars and words. Colours are named; a style sheet says what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

Point = tuple[float, float]

_STYLE = """
  svg { --paper: #ffffff; --ink: #1f2328; --faint: #59636e; --grid: #d8dee4;
        --c0: #0b62c4; --c1: #c2410c; --c2: #15803d; --c3: #8b3fc7; --c4: #a16207; --c5: #64748b;
        --c6: #be185d }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #0d1117; --ink: #e6edf3; --faint: #9198a1; --grid: #30363d;
          --c0: #58a6ff; --c1: #ff8a4c; --c2: #4ade80; --c3: #c58fff; --c4: #e3b341;
          --c5: #94a3b8; --c6: #f472b6 }
  }
  text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif;
         fill: var(--ink) }
  .title { font-size: 16px; font-weight: 600 }
  .faint { fill: var(--faint) }
  .grid { stroke: var(--grid); stroke-width: 1 }
""".rstrip()


def colour(number: int) -> str:
    """One of seven, told apart in light and in dark."""
    return f"var(--c{number % 7})"


@dataclass
class Drawing:
    """``title``: above the drawing, and what a screen reader says."""

    width: float
    height: float
    title: str
    _parts: list[str] = field(default_factory=list)

    def text(
        self, at: Point, words: str, *, kind: str = "", anchor: str = "start", fill: str = ""
    ) -> None:
        style = f' style="fill: {fill}"' if fill else ""
        name = f" class={quoteattr(kind)}" if kind else ""
        self._parts.append(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" text-anchor="{anchor}"{name}{style}>'
            f"{escape(words)}</text>"
        )

    def line(self, start: Point, end: Point, stroke: str = "", width: float = 1.5) -> None:
        """In the grid's colour, unless it is given one."""
        look = f'style="stroke: {stroke}; stroke-width: {width}"' if stroke else 'class="grid"'
        self._parts.append(
            f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}"'
            f' x2="{end[0]:.1f}" y2="{end[1]:.1f}" {look}/>'
        )

    def path(self, points: Sequence[Point], stroke: str, dashes: str = "") -> None:
        places = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        dashed = f"; stroke-dasharray: {dashes}" if dashes else ""
        self._parts.append(
            f'<polyline points="{places}" fill="none"'
            f' style="stroke: {stroke}; stroke-width: 2.5{dashed}"/>'
        )

    def bar(self, corner: Point, size: Point, fill: str, opacity: float = 1) -> None:
        self._parts.append(
            f'<rect x="{corner[0]:.1f}" y="{corner[1]:.1f}" width="{max(size[0], 0):.1f}"'
            f' height="{size[1]:.1f}" style="fill: {fill}; fill-opacity: {opacity}"/>'
        )

    def render(self) -> str:
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}"'
            f' width="{self.width:g}" height="{self.height:g}" role="img"'
            f" aria-label={quoteattr(self.title)}>\n<style>{_STYLE}\n</style>\n"
            f'<rect width="100%" height="100%" style="fill: var(--paper)"/>\n'
            f'<text x="20" y="30" class="title">{escape(self.title)}</text>\n'
        )
        return head + "\n".join(self._parts) + "\n</svg>\n"
