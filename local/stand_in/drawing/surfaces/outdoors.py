"""Outdoors: leaves on the ground, lights out of focus, sand."""

import cv2
import numpy as np

from stand_in.drawing.colours import Rgb
from stand_in.drawing.surfaces.fields import Plane, Size, clouds, coordinates, layered, ramp

_LEAVES: tuple[Rgb, ...] = ((44, 72, 36), (66, 98, 48), (96, 122, 62), (124, 140, 78), (84, 84, 44))
_LIGHTS: tuple[Rgb, ...] = ((214, 170, 110), (160, 150, 140), (120, 140, 150), (190, 130, 100))


def leaves(size: Size, random: np.random.Generator) -> Plane:
    """A ground covered with leaves, each with a lit and a dark half."""
    ground = ramp(layered(size, max(size) / 12, random), ((36, 44, 26), (70, 76, 42)))
    picture = np.ascontiguousarray(ground)
    length = max(size) / 34
    for _ in range(1500):
        centre = (int(random.integers(size[0])), int(random.integers(size[1])))
        axes = (int(length * random.uniform(0.6, 1.1)), int(length * random.uniform(0.25, 0.45)))
        angle, tone = random.uniform(0, 180), random.uniform(0.75, 1.2)
        colour = np.array(_LEAVES[random.integers(len(_LEAVES))]) * tone
        dark = tuple(float(channel) for channel in colour * 0.8)
        light = tuple(float(channel) for channel in colour)
        cv2.ellipse(picture, centre, axes, angle, 0, 180, dark, -1, cv2.LINE_AA)
        cv2.ellipse(picture, centre, axes, angle, 180, 360, light, -1, cv2.LINE_AA)
    return picture


def bokeh(size: Size, random: np.random.Generator) -> Plane:
    """A room at night, far out of focus: discs of light on a dim ground."""
    room = ramp(layered(size, max(size) / 3, random, 2), ((52, 46, 50), (104, 92, 84)))
    small = (size[0] // 3 + 1, size[1] // 3 + 1)  # nothing in it is sharp
    glow, share = np.zeros((small[1], small[0], 3), np.float32), np.zeros(small[::-1], np.float32)
    for _ in range(46):
        disc = np.zeros(small[::-1], np.float32)
        centre = (int(random.integers(small[0])), int(random.integers(small[1])))
        radius = int(max(small) / 24 * random.uniform(0.5, 1.2))
        cv2.circle(disc, centre, radius, random.uniform(0.12, 0.4), -1, cv2.LINE_AA)
        light = np.array(_LIGHTS[random.integers(len(_LIGHTS))], np.float32)
        glow = glow * (1 - disc[..., None]) + light * disc[..., None]
        share = share + disc - share * disc
    blended = cv2.GaussianBlur(np.dstack([glow, share]), (0, 0), 0.8)
    blended = cv2.resize(blended, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(room * (1 - blended[..., 3:]) + blended[..., :3], np.float32)


def sand(size: Size, random: np.random.Generator) -> Plane:
    """A beach: ripples under fine grains."""
    _, down = coordinates(size)
    sway = clouds(size, (max(size) / 5, max(size) / 8), random) * max(size) / 12
    ripples = np.sin((down + sway) * (2 * np.pi / (max(size) / 26)))
    grains = random.normal(0, 0.1, (size[1], size[0]))
    share = np.clip(0.5 + 0.18 * ripples + grains, 0, 1).astype(np.float32)
    return ramp(share, ((182, 158, 122), (212, 192, 158), (232, 218, 190)))
