"""Things for the home: mugs, lamps and chairs."""

from stand_in.drawing.canvas import Canvas, curve, mirrored, open_curve
from stand_in.drawing.colours import BRASS, OAK, STEEL, darker, lighter
from stand_in.drawing.look import Look

_STRAIGHT_MUG = [
    (18, 22), (18, 22), (66, 22), (66, 22), (66, 80), (66, 80), (60, 87), (42, 89),
    (24, 87), (18, 80), (18, 80),
]  # fmt: skip
_TAPERED_MUG = [
    (14, 26), (14, 26), (70, 26), (70, 26), (67, 52), (56, 80), (56, 80), (42, 82),
    (28, 80), (28, 80), (17, 52),
]  # fmt: skip
_CONE = [(38, 8), (38, 8), (62, 8), (62, 8), (80, 48), (80, 48), (50, 52), (20, 48), (20, 48)]
_DOME = [
    (14, 46), (14, 46), (17, 26), (32, 11), (50, 8), (68, 11), (83, 26), (86, 46),
    (86, 46), (50, 49),
]  # fmt: skip
_FOOT = [(30, 88), (38, 84), (50, 83), (62, 84), (70, 88), (62, 92), (50, 93), (38, 92)]
_BACKREST = [(30, 10), (36, 5), (50, 4), (64, 5), (70, 10), (70, 44), (64, 50), (36, 50), (30, 44)]
_SEAT = [(22, 56), (30, 51), (70, 51), (78, 56), (78, 61), (70, 64), (30, 64), (22, 61)]
_CUSHION = [(22, 54), (30, 51), (70, 51), (78, 54), (78, 70), (72, 73), (28, 73), (22, 70)]
_SHELL = [(18, 40), (18, 22), (30, 12), (50, 10), (70, 12), (82, 22), (82, 40), (80, 62), (20, 62)]
_ARM = [(6, 44), (12, 38), (20, 40), (24, 48), (24, 78), (24, 78), (8, 78), (8, 78)]


def mug(canvas: Canvas, look: Look) -> None:
    """Cut 0 is a straight mug, cut 1 a wide cup that narrows."""
    straight = look.cut == 0
    reach, low = (92, 72) if straight else (94, 64)
    ring = [(60, 34), (80, 32), (reach, 44), (reach - 3, 58), (78, low), (58, low)]
    hole = [(62, 42), (76, 40), (reach - 9, 46), (reach - 12, 56), (74, low - 8), (60, low - 8)]
    canvas.part(curve(ring), look.body)
    canvas.cut(curve(hole))
    canvas.part(curve(_STRAIGHT_MUG if straight else _TAPERED_MUG), look.paint)
    canvas.gloss([(25, 32), (25, 76)] if straight else [(23, 36), (31, 72)], 4.5)
    rim = (42, 22) if straight else (42, 26)
    radius = 24 if straight else 28
    canvas.ellipse(rim, (radius, 5), lighter(look.body, 0.25))
    canvas.ellipse((rim[0], rim[1] + 0.6), (radius - 2.4, 3.6), darker(look.body, 0.5))


def lamp(canvas: Canvas, look: Look) -> None:
    """Cut 0 has a cone for a shade, cut 1 a dome."""
    canvas.stroke([(50, 44), (50, 86)], BRASS if look.cut == 0 else STEEL, 4)
    canvas.part(curve(_FOOT), look.shade)
    canvas.part(curve(_CONE if look.cut == 0 else _DOME), look.paint)
    if look.cut == 1:
        canvas.gloss(open_curve([(23, 36), (27, 25), (36, 17)]), 4)
        canvas.ellipse((50, 66), (7, 8), look.body)
        canvas.gloss([(47, 62), (46.5, 66)], 2.5)


def chair(canvas: Canvas, look: Look) -> None:
    """Cut 0 is a dining chair on wooden legs, cut 1 an armchair."""
    if look.cut == 0:
        for top, foot in ((34, 30), (66, 70), (26, 18), (74, 82)):
            canvas.stroke([(top, 58), (foot, 95)], OAK, 4)
        canvas.part(curve(_BACKREST), look.paint)
        canvas.part(curve(_SEAT), look.shade)
        return
    for x in (16, 84):
        canvas.stroke([(x, 74), (x, 92)], OAK, 5)
    canvas.part(curve(_SHELL), look.paint)
    canvas.part(curve(_CUSHION), lighter(look.body, 0.14))
    canvas.part(curve(_ARM), look.body)
    canvas.part(curve(mirrored(_ARM)), look.body)
    canvas.part(curve([(20, 68), (80, 68), (80, 80), (20, 80)]), look.shade)
