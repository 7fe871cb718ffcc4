"""Clocks."""

from stand_in.drawing.canvas import Canvas
from stand_in.drawing.colours import BRASS, CREAM, STEEL, Rgb, darker
from stand_in.drawing.look import Look

_INK: Rgb = (48, 46, 52)


def clock(canvas: Canvas, look: Look) -> None:
    """Cut 0 hangs on a wall, cut 1 stands on feet and has bells."""
    if look.cut == 0:
        canvas.part([(50 - 12, 3), (50 + 12, 3), (50 + 8, 12), (50 - 8, 12)], look.shade)
        _face(canvas, look, (50, 52), 44)
        return
    for x in (30, 70):
        canvas.stroke([(50 + (x - 50) * 0.7, 80), (x - (4 if x < 50 else -4), 95)], STEEL, 4.6)
        canvas.ellipse((x, 19), (14, 10), BRASS)
    canvas.stroke([(50, 20), (50, 8)], STEEL, 4)
    canvas.ellipse((50, 7), (6, 3.4), STEEL)
    _face(canvas, look, (50, 55), 35)


def _face(canvas: Canvas, look: Look, centre: tuple[float, float], radius: float) -> None:
    x, y = centre
    canvas.ellipse(centre, (radius, radius), look.paint)
    canvas.ellipse(centre, (radius * 0.56, radius * 0.56), darker(look.body, 0.45))
    canvas.ellipse(centre, (radius * 0.52, radius * 0.52), CREAM)
    for across, down in ((0, -1), (1, 0), (0, 1), (-1, 0)):
        near, far = radius * 0.42, radius * 0.48
        canvas.stroke(
            [(x + across * near, y + down * near), (x + across * far, y + down * far)], _INK, 1.6
        )
    canvas.stroke([(x, y), (x - radius * 0.2, y - radius * 0.2)], _INK, 2.2)
    canvas.stroke([(x, y), (x + radius * 0.18, y - radius * 0.34)], _INK, 1.8)
    canvas.ellipse(centre, (1.8, 1.8), look.body)
