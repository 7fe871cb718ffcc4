"""CIE L*a*b*: colour as the eye compares it (D65, sRGB in)."""

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def to_lab(pixels: npt.NDArray[np.uint8]) -> Floats:
    """Turn sRGB bytes (height, width, 3) into L* (0 to 100), a* and b* (-100 to 100)."""
    scaled = pixels.astype(np.float32) / 255
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2Lab), np.float32)
