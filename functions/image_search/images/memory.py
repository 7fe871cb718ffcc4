"""What decoding takes of a function's memory, and so how many pixels of each format it can take."""

from __future__ import annotations

from dataclasses import dataclass

_MEGABYTE = 1 << 20

# Of the function's process at its largest, without the image: 75 MB after forty misses of 5 MB
# (make bench PART=memory), the answer at hand, and what Lambda's own runtime takes.
_FUNCTION_BYTES = 140_000_000
# Of the decoder's process, its codecs loaded, before it has an image.
_DECODER_BYTES = 24_000_000
# For each pixel at the peak, what is made of it included, in the costliest variant of each format:
# progressive CMYK, RGBA, a transparent GIF, lossless WebP with alpha, 4:4:4 with alpha. What costs
# more still, such as 4:4:4 with alpha at ten bits, meets the decoder's limit.
BYTES_PER_PIXEL = {
    "image/jpeg": 9.0,
    "image/png": 11.0,
    "image/gif": 10.5,
    "image/webp": 20.5,
    "image/tiff": 11.0,
    "image/bmp": 8.0,
    "image/avif": 17.0,
    "image/heic": 12.2,
}


@dataclass(frozen=True)
class MemoryBudget:
    """``megabytes``: of the function (`MemorySize`), as Lambda counts them."""

    megabytes: int
    max_image_bytes: int

    @property
    def decoder_bytes(self) -> int:
        """What the decoder may have while the function holds the largest image."""
        held = _FUNCTION_BYTES + self.max_image_bytes
        return max(_DECODER_BYTES, self.megabytes * _MEGABYTE - held)

    def max_pixels(self, media_type: str, image_bytes: int) -> int:
        """Of a picture that is decoded; the decoder has a copy of the file beside its pixels."""
        left = self.decoder_bytes - _DECODER_BYTES - image_bytes
        return max(0, int(left / BYTES_PER_PIXEL[media_type]))
