"""Sprites placed on a background, with a soft shadow under each."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from stand_in.drawing.colours import Rgb

_SHADOW: Rgb = (70, 62, 58)


@dataclass(frozen=True)
class Placement:
    """Where a sprite goes: its centre in pixels, its angle in degrees counter-clockwise."""

    sprite: Image.Image
    centre: tuple[int, int]
    angle: float = 0.0


def backdrop(size: tuple[int, int], top: Rgb, bottom: Rgb) -> Image.Image:
    """A studio background: one colour running softly into another."""
    width, height = size
    share = np.linspace(0, 1, height, dtype=np.float32)[:, None, None] ** 1.4
    rows = np.array(top, np.float32) * (1 - share) + np.array(bottom, np.float32) * share
    return Image.fromarray(np.broadcast_to(rows, (height, width, 3)).astype(np.uint8), "RGB")


def compose(background: Image.Image, placements: list[Placement]) -> Image.Image:
    """The scene as an RGB picture of the background's size."""
    scene = background.convert("RGB")
    for placement in placements:
        turned = placement.sprite.rotate(placement.angle, Image.Resampling.BICUBIC, expand=True)
        left = placement.centre[0] - turned.width // 2
        top = placement.centre[1] - turned.height // 2
        _drop_shadow(scene, turned, (left, top))
        scene.paste(turned, (left, top), turned)
    return scene


def grain(picture: Image.Image, strength: float, seed: int) -> Image.Image:
    """The picture with a camera's noise: `strength` is the deviation in grey levels."""
    noise = np.random.default_rng(seed).normal(0, strength, (picture.height, picture.width, 1))
    noisy = np.asarray(picture, np.float32) + noise
    return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8), "RGB")


def _drop_shadow(scene: Image.Image, sprite: Image.Image, corner: tuple[int, int]) -> None:
    box = sprite.getchannel("A").getbbox()
    if box is None:
        return
    left, _, right, foot = box
    width, height = right - left, max(4, (right - left) // 7)
    blot = Image.new("L", (width * 2, height * 4), 0)
    blot.paste(110, (width // 2 + width // 20, height * 3 // 2, width * 3 // 2, height * 5 // 2))
    blot = blot.filter(ImageFilter.GaussianBlur(height * 0.55))
    at = (corner[0] + left - width // 2, corner[1] + foot - height * 2)
    scene.paste(Image.new("RGB", blot.size, _SHADOW), at, blot)
