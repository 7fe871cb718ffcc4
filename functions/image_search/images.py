"""What an image is, by its content; a declared type is never believed."""

from __future__ import annotations

from dataclasses import dataclass

from image_search.errors import EmptyImage, ImageTooLarge, UnsupportedMediaType
from image_search.sha256 import sha256_of

UPSTREAM_MAX_BYTES = 6_000_000
"""The vendor's documented maximum of 6 MB, read in its narrower sense."""

_SIGNATURES = (
    # The first bytes each format's specification fixes
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


@dataclass(frozen=True)
class Image:
    """An image as the client sent it. ``sha256``: 64 lower-case hexadecimal digits."""

    content: bytes
    media_type: str
    sha256: str

    def __repr__(self) -> str:
        return f"Image({self.media_type}, {len(self.content)} bytes, {self.sha256})"


def read(content: bytes, max_bytes: int = UPSTREAM_MAX_BYTES) -> Image:
    """Recognises an image the vendor takes.

    Raises ``EmptyImage``, ``UnsupportedMediaType`` or ``ImageTooLarge`` (``max_bytes`` is the most
    that is taken).
    """
    if not content:
        raise EmptyImage
    media_type = sniff(content)
    if media_type is None:
        raise UnsupportedMediaType(
            "The image is none of JPEG, PNG, WebP and GIF. "
            "Send the image's bytes, or JSON with Content-Type: application/json."
        )
    if len(content) > max_bytes:
        raise ImageTooLarge(f"The image has {len(content)} bytes; at most {max_bytes} are taken.")
    return Image(content, media_type, sha256_of(content))


def sniff(content: bytes) -> str | None:
    """The media type by signature (WHATWG MIME Sniffing §6.1), or None if the vendor takes none."""
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return None
