"""An image as a client sent it: its bytes, its type by content, and its name."""

from __future__ import annotations

from dataclasses import dataclass, field

from image_search.errors import EmptyImage, ImageTooLarge, UnsupportedMediaType, WrongDigest
from image_search.images.formats.raw import is_raw
from image_search.images.media_type import sniff
from image_search.images.sha256 import sha256_of

# Upstream's documented maximum of 6 MB, read in its narrower sense.
UPSTREAM_MAX_BYTES = 6_000_000


@dataclass(frozen=True)
class Image:
    """``media_type`` is what the content is, whatever it was declared as.

    ``s3_uri``: where it lies in S3; None when it came in the request itself.
    """

    content: bytes = field(repr=False)
    media_type: str
    sha256: str
    s3_uri: str | None = None


def read_image(
    content: bytes, max_bytes: int, s3_uri: str | None = None, named: str | None = None
) -> Image:
    """Recognises an image this proxy takes. ``named``: the SHA-256 that it should have.

    Raises ``EmptyImage``, ``UnsupportedMediaType`` or ``ImageTooLarge`` (``max_bytes`` is the most
    that is taken); before these ``WrongDigest``, as what is wrong with other bytes says nothing
    about the image that is named.
    """
    digest = sha256_of(content)
    if named not in (None, digest):
        raise WrongDigest
    if not content:
        raise EmptyImage
    if is_raw(content):
        raise UnsupportedMediaType(
            "The image is camera RAW, which must be developed first. "
            "Send the JPEG or HEIC that the camera makes of it."
        )
    media_type = sniff(content)
    if media_type is None:
        raise UnsupportedMediaType(
            "The image is none of JPEG, PNG, WebP, GIF, HEIC, AVIF, TIFF and BMP. "
            "Send the image's bytes, or JSON with Content-Type: application/json."
        )
    if len(content) > max_bytes:
        raise ImageTooLarge(f"The image has {len(content)} bytes; at most {max_bytes} are taken.")
    return Image(content, media_type, digest, s3_uri)
