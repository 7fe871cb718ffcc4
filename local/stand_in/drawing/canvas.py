"""A small drawing surface: soft, rounded-looking parts on a transparent square of 100 by 100."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from stand_in.drawing.colours import Rgb
from stand_in.drawing.patterns import Pattern, strength
from stand_in.drawing.relief import relief

Point = tuple[float, float]
Outline = Sequence[Point]

_SUPERSAMPLE = 2
_FALLOFF = 0.12  # how much darker the foot of the canvas is than its head
_CURVE_STEPS = 12


@dataclass(frozen=True)
class Paint:
    """A body colour, and a pattern in a second one."""

    body: Rgb
    second: Rgb = (255, 255, 255)
    pattern: Pattern = "plain"


class Canvas:
    """Draws parts one over the other; coordinates run from 0 to 100, left to right and down."""

    def __init__(self, size: int) -> None:
        """Start empty; `size` is the finished sprite's side in pixels."""
        self._size = size
        self._side = size * _SUPERSAMPLE
        self._scale = self._side / 100
        self._image = Image.new("RGBA", (self._side, self._side), (0, 0, 0, 0))

    def part(self, outline: Outline, paint: Paint | Rgb) -> None:
        """Fill a closed outline with light from the upper left."""
        mask = self._mask()
        ImageDraw.Draw(mask).polygon(self._pixels(outline), fill=255)
        self._lay(mask, paint)

    def ellipse(self, centre: Point, radii: Point, paint: Paint | Rgb) -> None:
        """Fill an ellipse; `radii` across and down."""
        mask = self._mask()
        ImageDraw.Draw(mask).ellipse(self._pixels(_box(centre, radii)), fill=255)
        self._lay(mask, paint)

    def stroke(self, points: Outline, paint: Paint | Rgb, width: float) -> None:
        """A rounded line, as wide as `width`."""
        self._lay(self._line(points, width), paint)

    def gloss(self, points: Outline, width: float, share: float = 0.45) -> None:
        """A window's soft reflection along a line, on what is already drawn there."""
        mask = self._line(points, width).filter(ImageFilter.GaussianBlur(width * self._scale / 4))
        opaque = self._image.getchannel("A")
        seen = ImageChops.multiply(mask, opaque).point(lambda level: round(level * share))
        self._image.paste((255, 255, 255), mask=seen)
        self._image.putalpha(opaque)

    def cut(self, outline: Outline) -> None:
        """Make a hole: whatever is inside the outline becomes transparent."""
        mask = self._mask()
        ImageDraw.Draw(mask).polygon(self._pixels(outline), fill=255)
        alpha = ImageChops.subtract(self._image.getchannel("A"), mask)
        self._image.putalpha(alpha)

    def finish(self) -> Image.Image:
        """The sprite: RGBA, `size` pixels square."""
        return self._image.resize((self._size, self._size), Image.Resampling.BOX)

    def _mask(self) -> Image.Image:
        return Image.new("L", (self._side, self._side), 0)

    def _line(self, points: Outline, width: float) -> Image.Image:
        mask = self._mask()
        draw = ImageDraw.Draw(mask)
        pixels = self._pixels(points)
        draw.line(pixels, fill=255, width=max(1, round(width * self._scale)), joint="curve")
        radius = width * self._scale / 2
        for x, y in (pixels[0], pixels[-1]):
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
        return mask

    def _pixels(self, points: Outline) -> list[Point]:
        return [(x * self._scale, y * self._scale) for x, y in points]

    def _lay(self, mask: Image.Image, paint: Paint | Rgb) -> None:
        box = mask.getbbox()
        if box is None:
            return
        crop = mask.crop(box)
        paint = paint if isinstance(paint, Paint) else Paint(paint)
        colours = self._shade(crop, box[:2], paint)
        self._image.paste(Image.fromarray(colours, "RGB").convert("RGBA"), box[:2], crop)

    def _shade(
        self, mask: Image.Image, origin: tuple[int, int], paint: Paint
    ) -> npt.NDArray[np.uint8]:
        across = (np.arange(mask.width, dtype=np.float32) + origin[0])[None, :] / self._scale
        down = (np.arange(mask.height, dtype=np.float32) + origin[1])[:, None] / self._scale
        colours = np.array([[paint.body]], np.float32)
        if paint.pattern != "plain":
            share = strength(paint.pattern, across, down)[..., None]
            colours = colours + (np.array(paint.second, np.float32) - colours) * share
        light = (relief(mask, self._side) - _FALLOFF * (down / 100 - 0.4))[..., None]
        # Towards white where there is light, towards black where there is shadow.
        lit = colours + np.maximum(light, 0) * (255 - colours) + np.minimum(light, 0) * colours
        return lit.astype(np.uint8)


def curve(points: Outline) -> list[Point]:
    """A closed smooth outline through `points`; a point given twice is a corner."""
    return list(_curve(tuple(points)))


@cache
def _curve(points: tuple[Point, ...]) -> tuple[Point, ...]:
    start = np.array(points, np.float32)
    end, before = np.roll(start, -1, axis=0), np.roll(start, 1, axis=0)
    tangent = (end - before) / 2
    # No direction at a corner: the curve would swing past it and draw a horn.
    corner = np.all(start == end, axis=1) | np.all(start == before, axis=1)
    tangent[corner] = 0
    t = np.linspace(0, 1, _CURVE_STEPS, endpoint=False, dtype=np.float32)[:, None, None]
    path = (
        (2 * t**3 - 3 * t**2 + 1) * start
        + (t**3 - 2 * t**2 + t) * tangent
        + (3 * t**2 - 2 * t**3) * end
        + (t**3 - t**2) * np.roll(tangent, -1, axis=0)
    )
    return tuple((float(x), float(y)) for x, y in path.transpose(1, 0, 2).reshape(-1, 2))


def open_curve(points: Outline) -> list[Point]:
    """A smooth line through `points`, from the first to the last."""
    closed = curve([points[0], *points, points[-1]])
    return closed[_CURVE_STEPS : -2 * _CURVE_STEPS + 1]


def mirrored(points: Outline) -> list[Point]:
    """The same outline seen in the canvas's vertical middle line."""
    return [(100 - x, y) for x, y in points]


def _box(centre: Point, radii: Point) -> list[Point]:
    (x, y), (across, down) = centre, radii
    return [(x - across, y - down), (x + across, y + down)]
