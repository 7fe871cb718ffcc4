"""How many pixels a decoder may have had to make of a request's image."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.request_body import ImageReference, RequestBody, decode_image_text, file_of_form
from image_search.errors import ImageSearchError
from image_search.images.formats import bmp, gif, jpeg, png, tiff, webp
from image_search.images.formats.heif import reader as heif
from image_search.images.media_type import sniff

_READERS = {
    "image/jpeg": jpeg.read,
    "image/png": png.read,
    "image/gif": gif.read,
    "image/webp": webp.read,
    "image/heic": heif.read,
    "image/avif": heif.read,
    "image/tiff": tiff.read,
    "image/bmp": bmp.read,
}


def megapixels(event: dict[str, Any], objects: Iterable[bytes]) -> float:
    """By the headers; a file that decodes to more is what is looked for. ``objects``: of S3."""
    contents = (_sent_in(event), *objects)
    return max(_pixels(content) for content in contents) / 1e6


def _pixels(content: bytes) -> int:
    reader = _READERS.get(sniff(content) or "")
    try:
        return reader(content).pixels if reader else 0
    except ImageSearchError:
        return 0


def _sent_in(event: dict[str, Any]) -> bytes:
    content_type = event["headers"].get("content-type", "")
    body = RequestBody(event.get("body", ""), event["isBase64Encoded"], content_type)
    try:
        if body.media_type == "application/json":
            return decode_image_text(ImageReference.parse(body.document()).image or "")
        content = body.content()
        if body.media_type == "multipart/form-data":
            return file_of_form(content, content_type)
    except ImageSearchError:
        return b""
    return content
