"""A bad image, and how it must be refused."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Refusal:
    """An answer's status and the code of its only error."""

    status: int
    code: str


UNSUPPORTED = Refusal(415, "unsupported_media_type")
TOO_LARGE = Refusal(413, "image_too_large")
CORRUPT = Refusal(422, "corrupt_image")
OUT_OF_BOUNDS = Refusal(422, "image_dimensions_exceeded")
EMPTY = Refusal(400, "empty_image")
# Upstream's 400, after which the pixels are decoded here as well.
BY_UPSTREAM = Refusal(422, "corrupt_image")
"""Upstream's own words for what only a decoder can know of a file that is sent on undecoded."""


@dataclass(frozen=True)
class BadImage:
    """``declared``: the content type that it is sent with."""

    name: str
    content: bytes = field(repr=False)
    refusal: Refusal
    declared: str = "application/octet-stream"
