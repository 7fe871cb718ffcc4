"""Teapots and vases."""

from stand_in.drawing.canvas import Canvas, curve, mirrored, open_curve
from stand_in.drawing.colours import darker, lighter
from stand_in.drawing.look import Look

_ROUND_POT = [
    (22, 62), (24, 46), (36, 36), (50, 34), (64, 36), (76, 46), (78, 62), (72, 78), (60, 85),
    (40, 85), (28, 78),
]  # fmt: skip
_TALL_POT = [
    (34, 32), (34, 32), (50, 29), (66, 32), (66, 32), (70, 52), (76, 80), (76, 80), (50, 86),
    (24, 80), (24, 80), (30, 52),
]  # fmt: skip
_LOW_SPOUT = [
    (68, 60), (68, 60), (82, 57), (88, 42), (88, 42), (96, 41), (96, 41), (94, 60), (84, 75),
    (68, 80), (68, 80),
]  # fmt: skip
_HIGH_SPOUT = [
    (66, 64), (66, 64), (82, 52), (88, 29), (88, 29), (95, 28), (95, 28), (93, 54), (84, 70),
    (68, 80), (68, 80),
]  # fmt: skip
_LID = [(37, 36), (37, 36), (42, 28), (50, 26), (58, 28), (63, 36), (63, 36), (50, 39)]
_HIGH_LID = [(34, 33), (34, 33), (40, 24), (50, 21), (60, 24), (66, 33), (66, 33), (50, 37)]
_AMPHORA = [
    (43, 7), (43, 7), (50, 6), (57, 7), (57, 7), (56, 24), (72, 38), (76, 54), (66, 78), (60, 92),
    (60, 92), (50, 95), (40, 92), (40, 92), (34, 78), (24, 54), (28, 38), (44, 24),
]  # fmt: skip
_EAR = [(45, 14), (30, 14), (24, 26), (31, 38)]
_STEM_VASE = [
    (42, 6), (42, 6), (50, 5), (58, 6), (58, 6), (54, 22), (54, 44), (62, 56), (72, 72), (68, 88),
    (58, 94), (42, 94), (32, 88), (28, 72), (38, 56), (46, 44), (46, 22),
]  # fmt: skip
_POT_SHINE = [(31, 62), (33, 52), (40, 44)]
_TALL_SHINE = [(38, 38), (37, 52), (33, 72)]
_AMPHORA_SHINE = [(33, 66), (32, 54), (37, 43)]
_FLASK_SHINE = [(37, 82), (36, 72), (43, 58)]


def teapot(canvas: Canvas, look: Look) -> None:
    """Cut 0 is round and low, cut 1 tall, with a spout that reaches above its lid."""
    low = look.cut == 0
    handle = (
        [(26, 46), (10, 44), (5, 60), (12, 74), (27, 72)]
        if low
        else [(31, 42), (12, 36), (8, 56), (14, 72), (27, 70)]
    )
    canvas.stroke(open_curve(handle), look.body, 5.5)
    canvas.part(curve(_LOW_SPOUT if low else _HIGH_SPOUT), look.body)
    canvas.part(curve(_ROUND_POT if low else _TALL_POT), look.paint)
    canvas.gloss(open_curve(_POT_SHINE if low else _TALL_SHINE), 4.5)
    canvas.part(curve(_LID if low else _HIGH_LID), look.shade)
    canvas.ellipse((50, 24 if low else 19), (4, 4), lighter(look.body, 0.2))


def vase(canvas: Canvas, look: Look) -> None:
    """Cut 0 is an amphora with two ears, cut 1 a flask with a slender neck."""
    if look.cut == 0:
        for ear in (_EAR, mirrored(_EAR)):
            canvas.stroke(open_curve(ear), look.shade, 3.6)
    canvas.part(curve(_AMPHORA if look.cut == 0 else _STEM_VASE), look.paint)
    canvas.gloss(open_curve(_AMPHORA_SHINE if look.cut == 0 else _FLASK_SHINE), 4.5)
    lip = 7 if look.cut == 0 else 6
    canvas.ellipse((50, lip), (8.5, 2.4), lighter(look.body, 0.25))
    canvas.ellipse((50, lip + 0.3), (6.4, 1.5), darker(look.body, 0.6))
