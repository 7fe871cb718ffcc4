"""Makes an image fit for upstream, and remembers how its pixels map to the picture shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from image_search.errors import ImageDimensionsExceeded
from image_search.images.coordinates import Coordinates
from image_search.images.formats import bmp, exif, gif, jpeg, png, tiff, webp
from image_search.images.formats.heif import reader as heif
from image_search.images.formats.picture import Picture
from image_search.images.image import UPSTREAM_MAX_BYTES, Image
from image_search.images.memory import MemoryBudget

if TYPE_CHECKING:
    from image_search.images.decoder import Decoder

# No camera makes a longer one, but a crafted header does.
MAX_SIDE = 30_000

READERS = {
    "image/jpeg": jpeg.read,
    "image/png": png.read,
    "image/gif": gif.read,
    "image/webp": webp.read,
    "image/heic": heif.read_heic,
    "image/avif": heif.read_avif,
    "image/tiff": tiff.read,
    "image/bmp": bmp.read,
}
_AS_UPSTREAM_TAKES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})


@dataclass(frozen=True)
class NormalizedImage:
    """Upright, without metadata, of a type and size that upstream takes.

    ``decoded``: whether its pixels are known to be sound.
    """

    content: bytes = field(repr=False)
    coordinates: Coordinates
    decoded: bool = False


@dataclass(frozen=True)
class Bounds:
    """The largest image that is taken. ``max_side``: longer side of what had to be decoded."""

    max_pixels: int
    max_frames: int
    max_side: int


class Normalizer:
    """The bounds of an image, and what is done to it."""

    def __init__(
        self, bounds: Bounds, memory: MemoryBudget, decoder: Decoder, *, shrink: bool = False
    ) -> None:
        """``shrink``: whether an image that upstream takes is decoded just to be smaller."""
        self._bounds = bounds
        self._memory = memory
        self._decoder = decoder
        self._shrink = shrink

    def normalize(self, image: Image) -> NormalizedImage:
        """Raises ``CorruptImage`` or ``ImageDimensionsExceeded``, nearly always by the headers."""
        picture = READERS[image.media_type](image.content)
        self._check(picture)
        clean = picture.clean()
        if len(clean) > UPSTREAM_MAX_BYTES or self._needs_decoding(picture, image.media_type):
            # Without its metadata, no decoder turns a picture by what our reader has not found.
            return self._transcode(clean or image.content, image.media_type, picture)
        return NormalizedImage(clean, Coordinates.unchanged(picture.width, picture.height))

    def check_pixels(self, image: Image) -> None:
        """Raises ``CorruptImage`` where the pixels cannot be decoded.

        For an image that upstream refused: the bytes that ``normalize`` passes are not decoded.
        Nothing is said of one that there is no memory for.
        """
        try:
            picture = READERS[image.media_type](image.content)
            self._transcode(image.content, image.media_type, picture)
        except ImageDimensionsExceeded:
            return

    def _needs_decoding(self, picture: Picture, media_type: str) -> bool:
        too_large = max(picture.width, picture.height) > self._bounds.max_side
        return (
            media_type not in _AS_UPSTREAM_TAKES
            or picture.orientation != exif.UPRIGHT
            or picture.incomplete
            or (self._shrink and too_large)
        )

    def _transcode(self, content: bytes, media_type: str, picture: Picture) -> NormalizedImage:
        max_pixels = self._memory.max_pixels(media_type, len(content))
        if picture.pixels > max_pixels:
            raise ImageDimensionsExceeded(
                f"The image has {picture.pixels} pixels to decode; this deployment has memory for "
                f"{max_pixels} of its format."
            )
        made = self._decoder.transcode(
            content,
            media_type,
            self._bounds.max_side,
            min(max_pixels, self._bounds.max_pixels),
            picture.stored,
        )
        coordinates = Coordinates(made.size, made.displayed)
        return NormalizedImage(made.content, coordinates, decoded=True)

    def _check(self, picture: Picture) -> None:
        size = f"{picture.width} x {picture.height}"
        if picture.pixels > self._bounds.max_pixels:
            raise ImageDimensionsExceeded(
                f"The image has {size} pixels{_if_more(picture)}; "
                f"at most {self._bounds.max_pixels} are taken."
            )
        if max(picture.width, picture.height) > MAX_SIDE:
            raise ImageDimensionsExceeded(
                f"The image has {size} pixels; no side may exceed {MAX_SIDE}."
            )
        if picture.frames > self._bounds.max_frames:
            raise ImageDimensionsExceeded(
                f"The image has {picture.frames} frames; "
                f"at most {self._bounds.max_frames} are taken."
            )
        if min(picture.width, picture.height) == 0:
            raise ImageDimensionsExceeded(f"The image has {size} pixels.")


def _if_more(picture: Picture) -> str:
    more = picture.pixels > picture.width * picture.height
    return f", and {picture.pixels} to decode" if more else ""
