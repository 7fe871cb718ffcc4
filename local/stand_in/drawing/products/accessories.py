"""Handbags and hats."""

from stand_in.drawing.canvas import Canvas, curve, open_curve
from stand_in.drawing.colours import BRASS, darker, lighter
from stand_in.drawing.look import Look

_TOTE = [(18, 40), (18, 40), (82, 40), (82, 40), (88, 88), (88, 88), (50, 91), (12, 88), (12, 88)]
_SATCHEL = [
    (14, 48), (14, 48), (50, 44), (86, 48), (86, 48), (90, 72), (80, 88), (50, 90),
    (20, 88), (10, 72),
]  # fmt: skip
_FLAP = [(14, 47), (14, 47), (50, 43), (86, 47), (86, 47), (82, 64), (50, 72), (18, 64)]
_CROWN = [
    (30, 62), (30, 62), (31, 44), (36, 30), (44, 27), (50, 30), (56, 27), (64, 30),
    (69, 44), (70, 62), (70, 62), (50, 66),
]  # fmt: skip
_BRIM = [
    (4, 61), (16, 59), (32, 57), (50, 58), (68, 57), (84, 59), (96, 61), (84, 70),
    (50, 74), (16, 70),
]  # fmt: skip
_BAND = [
    (30, 53), (30, 53), (50, 57), (70, 53), (70, 53), (70, 61), (70, 61), (50, 65),
    (30, 61), (30, 61),
]  # fmt: skip
_CAP = [
    (14, 64), (14, 64), (16, 46), (28, 32), (44, 28), (60, 33), (70, 46), (72, 63),
    (72, 63), (44, 66),
]  # fmt: skip
_VISOR = [(50, 60), (66, 58), (84, 62), (97, 71), (97, 71), (84, 73), (66, 69), (48, 67)]


def handbag(canvas: Canvas, look: Look) -> None:
    """Cut 0 is an open tote, cut 1 a satchel with a flap."""
    top = 16 if look.cut == 0 else 18
    arc = [(30, 50), (31, top + 12), (40, top), (60, top), (69, top + 12), (70, 50)]
    canvas.stroke(open_curve(arc), look.shade, 4.2)
    if look.cut == 0:
        canvas.part(curve(_TOTE), look.paint)
        canvas.stroke([(19, 43), (81, 43)], look.shade, 2.6)
        for x in (30, 70):
            canvas.ellipse((x, 49), (2.4, 2.4), BRASS)
        return
    canvas.part(curve(_SATCHEL), look.shade)
    canvas.part(curve(_FLAP), look.paint)
    canvas.part(curve([(45, 66), (55, 66), (56, 75), (44, 75)]), BRASS)


def hat(canvas: Canvas, look: Look) -> None:
    """Cut 0 is a fedora, cut 1 a baseball cap."""
    if look.cut == 0:
        canvas.part(curve(_BRIM), look.paint)
        canvas.part(curve(_CROWN), look.paint)
        canvas.part(curve(_BAND), darker(look.body, 0.55))
        return
    canvas.part(curve(_VISOR), look.shade)
    canvas.part(curve(_CAP), look.paint)
    for x, lean in ((32, -4), (54, 5)):
        canvas.stroke([(44, 30), (x, 46), (x + lean, 64)], look.shade, 0.8)
    canvas.ellipse((44, 28.5), (3, 1.8), lighter(look.body))
