"""Backpacks, seen from the front."""

from stand_in.drawing.canvas import Canvas, curve, mirrored, open_curve
from stand_in.drawing.colours import BRASS, GUM, darker, lighter
from stand_in.drawing.look import Look

_DAYPACK = [
    (24, 94), (24, 94), (19, 70), (21, 42), (30, 22), (50, 15), (70, 22), (79, 42), (81, 70),
    (76, 94), (76, 94), (50, 96),
]  # fmt: skip
_SACK = [
    (27, 26), (27, 26), (73, 26), (73, 26), (78, 60), (80, 92), (80, 92), (50, 96), (20, 92),
    (20, 92), (22, 60),
]  # fmt: skip
_POCKET = [(30, 62), (30, 62), (50, 59), (70, 62), (70, 62), (72, 86), (50, 89), (28, 86)]
_ROLL = [(23, 12), (50, 9), (77, 12), (80, 20), (77, 28), (50, 31), (23, 28), (20, 20)]
_STRAP = [(22, 46), (13, 54), (11, 72), (17, 88)]


def backpack(canvas: Canvas, look: Look) -> None:
    """Cut 0 is a rounded daypack with a pocket, cut 1 a sack that is rolled up at the top."""
    for strap in (_STRAP, mirrored(_STRAP)):
        canvas.stroke(open_curve(strap), darker(look.body, 0.5), 4.5)
    if look.cut == 0:
        canvas.stroke(open_curve([(41, 17), (42, 7), (58, 7), (59, 17)]), look.shade, 3)
        canvas.part(curve(_DAYPACK), look.paint)
        canvas.stroke(open_curve([(25, 48), (50, 40), (75, 48)]), look.shade, 1.4)
        canvas.part(curve(_POCKET), look.shade)
        canvas.stroke([(34, 67), (66, 67)], lighter(look.body, 0.3), 1.2)
        return
    canvas.part(curve(_SACK), look.paint)
    canvas.part(curve(_ROLL), look.shade)
    for x in (36, 64):
        canvas.stroke([(x, 26), (x, 58)], GUM, 3.4)
        canvas.part([(x - 3, 52), (x + 3, 52), (x + 3, 59), (x - 3, 59)], BRASS)
