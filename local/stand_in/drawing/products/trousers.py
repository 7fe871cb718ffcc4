"""Trousers, seen from the front."""

from stand_in.drawing.canvas import Canvas, curve, mirrored
from stand_in.drawing.colours import BRASS
from stand_in.drawing.look import Look

_STRAIGHT_LEG = [
    (50, 9), (50, 9), (31, 9), (31, 9), (28, 26), (27, 50), (27, 95), (27, 95), (45, 95), (45, 95),
    (47, 60), (50, 34), (50, 34),
]  # fmt: skip
_WIDE_LEG = [
    (50, 7), (50, 7), (34, 7), (34, 7), (29, 24), (20, 52), (8, 92), (8, 92), (40, 95), (40, 95),
    (46, 58), (50, 34), (50, 34),
]  # fmt: skip


def trousers(canvas: Canvas, look: Look) -> None:
    """Cut 0 has straight legs, cut 1 wide ones."""
    straight = look.cut == 0
    leg, top = (_STRAIGHT_LEG, 9) if straight else (_WIDE_LEG, 7)
    waist = (31, 69) if straight else (34, 66)
    canvas.part(curve(mirrored(leg)), look.paint)
    canvas.part(curve(leg), look.paint)
    left, right = waist
    canvas.part(
        [(left - 1, top - 2), (right + 1, top - 2), (right + 1, top + 5), (left - 1, top + 5)],
        look.shade,
    )
    canvas.stroke([(50, top + 5), (50, 33)], look.shade, 0.9)
    for x, lean in ((left + 4, -3), (right - 4, 3)):
        canvas.stroke([(x, top + 6), (x + lean, top + 17)], look.shade, 0.9)
    canvas.ellipse((50, top + 1.5), (1.8, 1.8), BRASS)
