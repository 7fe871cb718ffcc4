"""From a category and a look to a sprite."""

from typing import Final

from PIL import Image

from stand_in.drawing.canvas import Canvas
from stand_in.drawing.look import Drawer, Look
from stand_in.drawing.products.accessories import handbag, hat
from stand_in.drawing.products.clothing import dress, t_shirt
from stand_in.drawing.products.footwear import shoe
from stand_in.drawing.products.homeware import chair, lamp, mug
from stand_in.drawing.products.luggage import backpack
from stand_in.drawing.products.rainwear import umbrella
from stand_in.drawing.products.tableware import teapot, vase
from stand_in.drawing.products.timepieces import clock
from stand_in.drawing.products.trousers import trousers

DRAWERS: Final[dict[str, Drawer]] = {
    "shoe": shoe,
    "dress": dress,
    "t-shirt": t_shirt,
    "handbag": handbag,
    "hat": hat,
    "mug": mug,
    "lamp": lamp,
    "chair": chair,
    "trousers": trousers,
    "backpack": backpack,
    "umbrella": umbrella,
    "teapot": teapot,
    "vase": vase,
    "clock": clock,
}


def sprite(category: str, look: Look, size: int) -> Image.Image:
    """The product on a transparent square, RGBA, `size` pixels wide and high."""
    canvas = Canvas(size)
    DRAWERS[category](canvas, look)
    return canvas.finish()
