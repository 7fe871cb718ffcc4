"""How a picture is displayed: cropped, then turned, then mirrored (ISO/IEC 23000-22 §7.3.6.7)."""

from __future__ import annotations

import struct

from image_search.images.formats import exif
from image_search.images.formats.heif.items import Item
from image_search.images.formats.picture import Box

# The EXIF orientation that does the same, by the quarter turns to the left in `irot`, and the axis
# in `imir`: none, 0 (the top becomes the bottom) or 1 (the left becomes the right).
_ORIENTATIONS: dict[int, dict[int | None, int]] = {
    0: {None: exif.UPRIGHT, 0: 4, 1: 2},
    1: {None: 8, 0: 5, 1: 7},
    2: {None: 3, 0: 2, 1: 4},
    3: {None: 6, 0: 7, 1: 5},
}


def orientation(item: Item) -> int:
    """By `irot` and `imir` (ISO/IEC 23008-12 §6.5.10 and §6.5.12). EXIF does not count (§A.2.1)."""
    turns, mirrored = item.property(b"irot"), item.property(b"imir")
    return _ORIENTATIONS[turns[0] & 3 if turns else 0][mirrored[0] & 1 if mirrored else None]


def crop(item: Item, size: tuple[int, int]) -> Box | None:
    """By `clap` (ISO/IEC 14496-12 §12.1.4), within ``size``.

    None where there is none, or one that makes no sense: MIAF wants whole pixels.
    """
    aperture = item.property(b"clap")
    if aperture is None or len(aperture) < 32:
        return None
    numbers = struct.unpack(">IIIIiIiI", aperture[:32])
    spans = [
        _span(size[axis], *numbers[2 * axis : 2 * axis + 2], *numbers[4 + 2 * axis : 6 + 2 * axis])
        for axis in (0, 1)
    ]
    if spans[0] is None or spans[1] is None:
        return None
    (left, right), (top, bottom) = spans[0], spans[1]
    return None if (right - left, bottom - top) == size else (left, top, right, bottom)


def _span(side: int, length: int, per: int, offset: int, offset_per: int) -> tuple[int, int] | None:
    """Where the part begins and ends on one axis; its centre is off the picture's by an offset."""
    if 0 in (length, per, offset_per) or length % per:
        return None
    length //= per
    start, rest = divmod((side - length) * offset_per + 2 * offset, 2 * offset_per)
    return None if rest or start < 0 or start + length > side else (start, start + length)
