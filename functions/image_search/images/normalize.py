"""Makes an image fit for upstream, and remembers how its pixels map to the picture shown."""

from __future__ import annotations

from dataclasses import dataclass, field

from image_search.errors import ImageDimensionsExceeded
from image_search.images.coordinates import Coordinates
from image_search.images.formats import exif, gif, jpeg, png, tiff, webp
from image_search.images.formats.picture import Picture
from image_search.images.image import UPSTREAM_MAX_BYTES, Image

# No camera makes a longer one, but a crafted header does.
MAX_SIDE = 30_000

_READERS = {
    "image/jpeg": jpeg.read,
    "image/png": png.read,
    "image/gif": gif.read,
    "image/webp": webp.read,
}


@dataclass(frozen=True)
class NormalizedImage:
    """Upright, without metadata, of a type and size that upstream takes."""

    content: bytes = field(repr=False)
    coordinates: Coordinates


@dataclass(frozen=True)
class Normalizer:
    """The bounds of an image, and what is done to it."""

    max_pixels: int
    max_frames: int
    max_side: int
    shrink: bool = False
    """Whether an image that upstream takes as it is, is decoded just to be smaller."""

    def normalize(self, image: Image) -> NormalizedImage:
        """Raises ``CorruptImage`` or ``ImageDimensionsExceeded``, before anything is decoded."""
        read = _READERS.get(image.media_type)
        if image.media_type == "image/tiff":
            tiff.check(image.content)
        if read is None:
            return self._transcode(image)
        picture = read(image.content)
        self._check(picture.width, picture.height, picture.frames)
        if self._needs_decoding(picture):
            return self._transcode(image)
        clean = picture.clean()
        if len(clean) > UPSTREAM_MAX_BYTES:
            return self._transcode(image)
        return NormalizedImage(clean, Coordinates.unchanged(picture.width, picture.height))

    def _needs_decoding(self, picture: Picture) -> bool:
        too_large = max(picture.width, picture.height) > self.max_side
        return picture.orientation != exif.UPRIGHT or (self.shrink and too_large)

    def _transcode(self, image: Image) -> NormalizedImage:
        from image_search.images.transcode import transcode

        made = transcode(
            image.content,
            image.media_type,
            self.max_side,
            lambda width, height: self._check(width, height, 1),
        )
        return NormalizedImage(made.content, Coordinates(made.size, made.displayed))

    def _check(self, width: int, height: int, frames: int) -> None:
        if width * height > self.max_pixels:
            raise ImageDimensionsExceeded(
                f"The image has {width} x {height} pixels; at most {self.max_pixels} are taken."
            )
        if max(width, height) > MAX_SIDE:
            raise ImageDimensionsExceeded(
                f"The image has {width} x {height} pixels; no side may exceed {MAX_SIDE}."
            )
        if frames > self.max_frames:
            raise ImageDimensionsExceeded(
                f"The image has {frames} frames; at most {self.max_frames} are taken."
            )
        if min(width, height) == 0:
            raise ImageDimensionsExceeded(f"The image has {width} x {height} pixels.")
