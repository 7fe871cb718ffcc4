"""How many pixels a decoder may have had to make of a request's image."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.bodies.form import read_form
from api.bodies.image_text import decode_image_text
from api.request_body import ImageReference, RequestBody
from image_search.errors import ImageSearchError
from image_search.images.media_type import sniff
from image_search.images.normalize import READERS


def megapixels(event: dict[str, Any], objects: Iterable[bytes]) -> float:
    """By the headers; a file that decodes to more is what is looked for. ``objects``: of S3."""
    contents = (_sent_in(event), *objects)
    return max(_pixels(content) for content in contents) / 1e6


def _pixels(content: bytes) -> int:
    reader = READERS.get(sniff(content) or "")
    try:
        return reader(content).pixels if reader else 0
    except ImageSearchError:
        return 0


def _sent_in(event: dict[str, Any]) -> bytes:
    content_type = event["headers"].get("content-type", "")
    body = RequestBody(event.get("body", ""), event["isBase64Encoded"], content_type)
    try:
        if body.is_json:
            return decode_image_text(ImageReference.parse(body.document()).image or "")
        content = body.content()
        if body.is_form:
            return read_form(content, content_type).image
    except ImageSearchError:
        return b""
    return content
