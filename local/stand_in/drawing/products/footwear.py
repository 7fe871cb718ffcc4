"""Shoes."""

from stand_in.drawing.canvas import Canvas, curve
from stand_in.drawing.colours import CREAM, GUM, darker, lighter
from stand_in.drawing.look import Look

_SOLE = [
    (5, 70), (5, 70), (6, 78), (14, 81), (40, 80), (70, 81), (92, 81), (98, 75), (96, 70), (96, 70),
]  # fmt: skip
_LOW_UPPER = [
    (10, 44), (10, 44), (17, 41), (24, 46), (33, 44), (38, 36), (38, 36), (46, 35), (57, 46),
    (72, 53), (88, 57), (96, 66), (96, 72), (96, 72), (50, 73), (6, 72), (6, 72), (9, 58),
]  # fmt: skip
_HIGH_UPPER = [
    (11, 20), (11, 20), (24, 19), (37, 17), (37, 17), (43, 22), (47, 36), (57, 47), (72, 53),
    (88, 57), (96, 66), (96, 72), (96, 72), (50, 73), (6, 72), (6, 72), (10, 50), (12, 34),
]  # fmt: skip
_TOE = [(76, 56), (76, 56), (89, 58), (95, 66), (95, 72), (95, 72), (79, 72), (79, 72), (75, 64)]
_HEEL = [(9, 46), (9, 46), (17, 50), (19, 62), (17, 72), (17, 72), (6, 72), (6, 72), (8, 58)]
_SWOOSH = [(24, 67), (30, 66), (46, 58), (54, 60), (44, 67), (32, 70)]


def shoe(canvas: Canvas, look: Look) -> None:
    """A sneaker from the side: cut 0 is low, cut 1 covers the ankle."""
    high = look.cut == 1
    canvas.part(curve(_HIGH_UPPER if high else _LOW_UPPER), look.paint)
    canvas.part(curve(_HEEL), look.shade)
    canvas.part(curve(_TOE), lighter(look.body, 0.12))
    canvas.part(curve(_SWOOSH), CREAM)
    if high:
        canvas.ellipse((24, 19.5), (11.5, 2.4), darker(look.body, 0.6))
    _laces(canvas, look)
    canvas.part(curve(_SOLE), GUM)
    canvas.stroke([(9, 72.5), (93, 72.5)], CREAM, 2.2)


def _laces(canvas: Canvas, look: Look) -> None:
    high = look.cut == 1
    for step in range(6 if high else 4):
        x, y = (58 - step * 4.2, 50 - step * 5.2) if high else (60 - step * 5.4, 50.5 - step * 4.2)
        canvas.stroke([(x, y), (x - 7, y + 4)], CREAM, 1.8)
