"""Umbrellas, open."""

from stand_in.drawing.canvas import Canvas, Outline, curve, open_curve
from stand_in.drawing.colours import OAK, STEEL
from stand_in.drawing.look import Look

_DOME = [
    (5, 54), (5, 54), (12, 30), (29, 15), (50, 11), (71, 15), (88, 30), (95, 54), (95, 54),
    (80, 47), (65, 54), (65, 54), (50, 47), (35, 54), (35, 54), (20, 47),
]  # fmt: skip
_PAGODA = [
    (3, 56), (3, 56), (24, 44), (40, 26), (50, 8), (50, 8), (60, 26), (76, 44), (97, 56),
    (97, 56), (74, 58), (50, 60), (26, 58),
]  # fmt: skip
_DOME_RIBS: tuple[Outline, ...] = (
    [(50, 12), (38, 28), (35, 53)],
    [(50, 12), (62, 28), (65, 53)],
)
_PAGODA_RIBS: tuple[Outline, ...] = (
    [(50, 12), (42, 38), (28, 57)],
    [(50, 12), (58, 38), (72, 57)],
)
_CROOK = [(50, 50), (50, 86), (53, 94), (60, 95), (65, 90), (65, 85)]


def umbrella(canvas: Canvas, look: Look) -> None:
    """Cut 0 is a dome with a crook, cut 1 a parasol with a pagoda's roof and a straight stick."""
    if look.cut == 0:
        canvas.stroke(open_curve(_CROOK), OAK, 3.6)
        canvas.stroke([(50, 6), (50, 14)], STEEL, 2.2)
    else:
        canvas.stroke([(50, 40), (50, 95)], OAK, 3.6)
        canvas.stroke([(50, 4), (50, 14)], OAK, 2.6)
    canvas.part(curve(_DOME if look.cut == 0 else _PAGODA), look.paint)
    for rib in _DOME_RIBS if look.cut == 0 else _PAGODA_RIBS:
        canvas.stroke(open_curve(rib), look.shade, 0.9)
