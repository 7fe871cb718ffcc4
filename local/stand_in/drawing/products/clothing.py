"""Clothes: dresses and T-shirts, seen from the front."""

from stand_in.drawing.canvas import Canvas, Outline, curve, mirrored
from stand_in.drawing.look import Look

_NECK_TO_WAIST = [(43, 14), (43, 14), (37, 8), (37, 8), (33, 9), (33, 9), (31, 24), (36, 42)]
_FLARED_HEM = [(36, 42), (28, 62), (15, 88), (15, 88), (32, 93)]
_STRAIGHT_HEM = [(36, 42), (33, 58), (33, 92), (33, 92), (42, 93)]
_BODY = [
    (38, 16), (38, 16), (30, 19), (29, 32), (30, 60), (29, 88), (29, 88), (40, 90),
]  # fmt: skip
_SHORT_SLEEVE = [(34, 17), (34, 17), (22, 22), (8, 41), (8, 41), (20, 49), (20, 49), (31, 38)]
_LONG_SLEEVE = [
    (34, 17), (34, 17), (22, 23), (14, 50), (7, 80), (7, 80), (17, 83), (17, 83), (25, 58),
    (32, 40),
]  # fmt: skip


def dress(canvas: Canvas, look: Look) -> None:
    """Cut 0 has a flared skirt, cut 1 falls straight."""
    hem = _FLARED_HEM if look.cut == 0 else _STRAIGHT_HEM
    canvas.part(_both_sides([*_NECK_TO_WAIST, *hem]), look.paint)
    canvas.part(curve([(36, 41), (36, 41), (50, 43), (64, 41), (64, 41), (64, 45), (64, 45),
                       (50, 47), (36, 45), (36, 45)]), look.shade)  # fmt: skip
    if look.cut == 0:
        for x, foot in ((44, 38), (50, 50), (56, 62)):
            canvas.stroke([(x, 52), (foot, 86)], look.shade, 0.7)


def t_shirt(canvas: Canvas, look: Look) -> None:
    """Cut 0 has short sleeves, cut 1 long ones."""
    sleeve = _SHORT_SLEEVE if look.cut == 0 else _LONG_SLEEVE
    canvas.part(curve(sleeve), look.paint)
    canvas.part(curve(mirrored(sleeve)), look.paint)
    canvas.part(_both_sides(_BODY), look.paint)
    canvas.stroke([(30.5, 85.5), (69.5, 85.5)], look.shade, 0.7)
    left, right = ((10, 37.5), (22, 45.5)) if look.cut == 0 else ((8, 77), (18, 80))
    for cuff in ([left, right], mirrored([left, right])):
        canvas.stroke(cuff, look.shade, 0.7)
    canvas.part(curve([(38, 15), (38, 15), (42, 22), (50, 25), (58, 22), (62, 15), (62, 15),
                       (57, 19), (50, 21), (43, 19)]), look.shade)  # fmt: skip


def _both_sides(left: Outline) -> Outline:
    """A closed outline from its left half, given from the neck to the hem."""
    return curve([*left, *reversed(mirrored(left))])
