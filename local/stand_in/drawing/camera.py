"""What a phone makes of a scene: exposure, white balance, lens, noise, JPEG."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from stand_in.drawing.surfaces.fields import Plane, coordinates


@dataclass(frozen=True)
class Camera:
    """How a picture is taken.

    `exposure` multiplies light; `warmth` moves it from blue to red; `blur` is the deviation of
    the lens in pixels, `noise` that of the sensor in grey levels; `vignette` is how much darker
    the corners are; `quality` is the JPEG's.
    """

    exposure: float = 1.0
    warmth: float = 0.0
    blur: float = 0.8
    noise: float = 2.0
    vignette: float = 0.12
    quality: int = 88

    def take(self, scene: Plane, random: np.random.Generator) -> bytes:
        """A JPEG file of the scene (height, width, 3; grey levels)."""
        height, width = scene.shape[:2]
        balance = np.array([1 + self.warmth, 1, 1 - self.warmth], np.float32) * self.exposure
        light = scene * balance * self._falloff(width, height)[..., None]
        seen = cv2.GaussianBlur(light, (0, 0), self.blur) if self.blur > 0 else light
        noise = random.standard_normal((height, width, 1), np.float32) * self.noise
        pixels = np.clip(np.asarray(seen) + noise, 0, 255).astype(np.uint8)
        file = io.BytesIO()
        Image.fromarray(pixels, "RGB").save(file, "JPEG", quality=self.quality)
        return file.getvalue()

    def _falloff(self, width: int, height: int) -> Plane:
        across, down = coordinates((width, height))
        x, y = across / width * 2 - 1, down / height * 2 - 1
        return np.asarray(1 - self.vignette * (x * x + y * y) / 2, np.float32)
