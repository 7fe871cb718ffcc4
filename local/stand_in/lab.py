"""CIE L*a*b*: colour as the eye compares it (D65, sRGB in)."""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_LEVELS = np.arange(256, dtype=np.float64) / 255
_LINEAR: Final = np.where(
    _LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4
).astype(np.float32)
# sRGB to XYZ, each row already divided by the white point's X, Y and Z.
_TO_XYZ: Final = np.array(
    [
        [0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505],
        [0.2126, 0.7152, 0.0722],
        [0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089],
    ],
    np.float32,
)


def to_lab(pixels: npt.NDArray[np.uint8]) -> Floats:
    """Turn sRGB bytes, shape (..., 3), into L* (0 to 100), a* and b* (-100 to 100)."""
    xyz = _LINEAR[pixels] @ _TO_XYZ.T
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    x, y, z = root[..., 0], root[..., 1], root[..., 2]
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1).astype(np.float32)
