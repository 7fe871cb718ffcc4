"""Clocks."""

import math

from stand_in.drawing.canvas import Canvas, Point, open_curve
from stand_in.drawing.colours import BRASS, CREAM, STEEL, Rgb, darker
from stand_in.drawing.look import Look

_INK: Rgb = (48, 46, 52)
_HOUR, _MINUTE = 10.15, 1.8  # on the dial of twelve: nine minutes past ten, as in any shop window


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


def _face(canvas: Canvas, look: Look, centre: Point, radius: float) -> None:
    canvas.ellipse(centre, (radius, radius), look.paint)
    canvas.ellipse(centre, (radius * 0.66, radius * 0.66), darker(look.body, 0.45))
    canvas.ellipse(centre, (radius * 0.62, radius * 0.62), CREAM)
    for hour in range(12):
        near, width = (0.47, 1.9) if hour % 3 == 0 else (0.52, 1)
        canvas.stroke([_at(centre, radius * far, hour) for far in (near, 0.56)], _INK, width)
    canvas.stroke([centre, _at(centre, radius * 0.3, _HOUR)], _INK, 2.6)
    canvas.stroke([centre, _at(centre, radius * 0.44, _MINUTE)], _INK, 1.8)
    canvas.ellipse(centre, (2.2, 2.2), look.body)
    canvas.gloss(open_curve([_at(centre, radius * 0.84, hour) for hour in (9.4, 10.2, 11)]), 4)


def _at(centre: Point, radius: float, hour: float) -> Point:
    angle = math.tau * hour / 12
    return centre[0] + radius * math.sin(angle), centre[1] - radius * math.cos(angle)
