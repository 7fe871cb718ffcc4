"""Where the image of a request comes from: the body itself, JSON around it, or S3."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import pybase64
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from image_search import images
from image_search.errors import (
    EmptyImage,
    ImageNotFound,
    ImageTooLarge,
    InvalidBase64,
    InvalidJson,
    InvalidParameters,
    Problem,
    S3UriNotAllowed,
    UpstreamUnavailable,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

UPLOADS_PREFIX = "uploads/"

MAX_INLINE_BYTES = 4_500_000
"""What fits into Lambda's 6 MB request once it is base64, with room for headers and query."""

_S3_URI = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/(?s:.{1,1024})$"
_DATA_URI = re.compile(r"data:[^,]*?(;base64)?,", re.IGNORECASE)
_LINE_BREAKS = {ord(char): None for char in " \t\r\n"}


@dataclass(frozen=True)
class RequestBody:
    """A request's body as the gateway hands it over: text, or base64 of bytes."""

    text: str = field(repr=False)
    is_base64: bool
    content_type: str

    def content(self) -> bytes:
        return (
            decode_base64(self.text)
            if self.is_base64
            else self.text.encode("utf-8", "surrogatepass")
        )

    @property
    def media_type(self) -> str:
        return self.content_type.partition(";")[0].strip().lower()


class ImageReference(BaseModel):
    """The JSON body: the image itself, or where it lies; exactly one of the two."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    image: str | None = None
    s3_uri: Annotated[str, StringConstraints(pattern=_S3_URI)] | None = None


class ImageSources:
    """Reads the image of a request, whichever way it was sent."""

    def __init__(
        self,
        s3: Callable[[], S3Client],
        uploads_bucket: str,
        allowed_buckets: Collection[str] = (),
    ) -> None:
        self._s3 = s3
        self._uploads_bucket = uploads_bucket
        self._allowed_buckets = allowed_buckets

    def read(self, body: RequestBody) -> images.Image:
        """Raises a ``RequestError``, or ``UpstreamUnavailable`` when S3 does not answer."""
        if body.media_type == "application/json":
            return self._read_json(body.content())
        return images.read(body.content(), MAX_INLINE_BYTES)

    def _read_json(self, content: bytes) -> images.Image:
        reference = _parse_reference(content)
        if reference.s3_uri is not None:
            return self._read_s3(reference.s3_uri)
        return images.read(decode_image_text(reference.image or ""), MAX_INLINE_BYTES)

    def _read_s3(self, uri: str) -> images.Image:
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        self._check_allowed(bucket, key)
        return images.read(_get_object(self._s3(), bucket, key))

    def _check_allowed(self, bucket: str, key: str) -> None:
        if bucket == self._uploads_bucket and key.startswith(UPLOADS_PREFIX):
            return
        if bucket not in self._allowed_buckets:
            raise S3UriNotAllowed(source="s3_uri")


def decode_image_text(text: str) -> bytes:
    """Base64, or a ``data:`` URI (RFC 2397) that holds base64, to bytes."""
    if text[:5].lower() != "data:":
        return decode_base64(text)
    header = _DATA_URI.match(text)
    if header is None or header[1] is None:
        raise InvalidBase64("The data: URI does not hold base64.", source="image")
    return decode_base64(text[header.end() :])


def decode_base64(text: str) -> bytes:
    """Strict base64, but for the line breaks that MIME encoders put in (RFC 2045 §6.8)."""
    try:
        return pybase64.b64decode(text, validate=True)
    except ValueError:
        pass
    try:
        return pybase64.b64decode(text.translate(_LINE_BREAKS), validate=True)
    except ValueError:
        raise InvalidBase64(source="image") from None


def _parse_reference(content: bytes) -> ImageReference:
    if not content:
        raise EmptyImage
    try:
        reference = ImageReference.model_validate_json(content)
    except ValidationError as error:
        raise _json_error(error) from None
    if (reference.image is None) == (reference.s3_uri is None):
        message = "The JSON body should have exactly one of image and s3_uri."
        raise InvalidParameters([Problem("invalid_parameter", message, "image")])
    return reference


def _json_error(error: ValidationError) -> InvalidJson | InvalidParameters:
    problems = error.errors(include_url=False, include_input=False)
    if any(not problem["loc"] for problem in problems):
        return InvalidJson(detail=problems[0]["msg"])
    codes = {"extra_forbidden": "unknown_parameter"}
    return InvalidParameters(
        [
            Problem(codes.get(p["type"], "invalid_parameter"), p["msg"], str(p["loc"][0]))
            for p in problems
        ]
    )


def _get_object(s3: S3Client, bucket: str, key: str) -> bytes:
    try:
        found = s3.get_object(Bucket=bucket, Key=key)
        _check_size(found)
        return found["Body"].read()
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        if status in (400, 403, 404):
            raise ImageNotFound(source="s3_uri", detail=repr(error)) from error
        raise UpstreamUnavailable("S3 is unavailable for now.", detail=repr(error)) from error
    except BotoCoreError as error:
        raise UpstreamUnavailable("S3 is unavailable for now.", detail=repr(error)) from error


def _check_size(found: GetObjectOutputTypeDef) -> None:
    """Before the object is read: it may be larger than the function's memory."""
    size = found["ContentLength"]
    if size > images.UPSTREAM_MAX_BYTES:
        found["Body"].close()
        limit = images.UPSTREAM_MAX_BYTES
        raise ImageTooLarge(f"The image has {size} bytes; at most {limit} are taken.")
