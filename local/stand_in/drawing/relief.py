"""Light on the parts of a product, as if each were a rounded body."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

_DEPTH = 0.34  # how much brighter or darker the edge of a part is than its middle
_REMEMBERED_SIDE = 200  # pixels; of larger canvases there are few


def relief(mask: Image.Image, side: int) -> npt.NDArray[np.floating]:
    """Light on a rounded body: brighter towards the upper left edge, darker away from it."""
    if side > _REMEMBERED_SIDE:
        return _relief_of(mask, side)
    return _remembered_relief(mask.tobytes(), mask.size, side)


@lru_cache(maxsize=1024)
def _remembered_relief(mask: bytes, size: tuple[int, int], side: int) -> npt.NDArray[np.floating]:
    """One outline is drawn in many colours, when the whole shop is."""
    return _relief_of(Image.frombytes("L", size, mask), side)


def _relief_of(mask: Image.Image, side: int) -> npt.NDArray[np.floating]:
    reach = max(1, side // 36)
    margin = 2 * reach
    wide = Image.new("L", (mask.width + 2 * margin, mask.height + 2 * margin), 0)
    wide.paste(mask, (margin, margin))
    height = np.asarray(wide.filter(ImageFilter.GaussianBlur(reach)), np.float32) / 255
    rows, columns = mask.height, mask.width
    near, far = margin - reach, margin + reach
    slope = (
        height[far : far + rows, far : far + columns]
        - height[near : near + rows, near : near + columns]
    )
    return slope * _DEPTH
