"""Where the image of a request comes from: the body itself, a form, JSON, or S3."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from api.bodies.form import read_form
from api.bodies.image_text import decode_base64, decode_image_text
from api.request_body import ImageReference, RequestBody
from image_search.errors import (
    EmptyImage,
    ImageTooLarge,
    InvalidBase64,
    UnsupportedMediaType,
    cut,
)
from image_search.images.image import Image, read_image
from image_search.images.media_type import sniff
from image_search.parameters.query_string import Pairs
from image_search.uploads.bucket import ImageBucket

# What fits into Lambda's 6 MB request once it is base64, with room for headers and query.
MAX_INLINE_BYTES = 4_500_000
# Of a body as the function gets it, which is 6 MB with all the rest: no base64 of it is decoded
# where another gateway takes more.
MAX_BODY_LENGTH = 6_300_000
_GZIP = b"\x1f\x8b"
# Of a body that is looked into to find out what it may be.
_BEGINNING = 100
_BEFORE_JSON = b"\xef\xbb\xbf \t\r\n"
_MAX_TYPE = 40
# In base64, of all that `sniff` looks at but the brands of a long list.
_LONGEST_SIGNATURE = 64
_AS_JSON = "Content-Type: application/json"
_BYTES = "the image's bytes as image/* or application/octet-stream"
_IN_TEXT = (
    "The image is written as text (base64 or a data: URI): send it as the member image of JSON "
    f"with {_AS_JSON}, or send its bytes, in a form as a file."
)
_UPLOAD_IT = " A larger one is uploaded first: see POST /v2/uploads."


@dataclass(frozen=True)
class SentImage:
    """An image that is read when it is needed, and the parameters that came in its form."""

    read: Callable[[], Image]
    parameters: Pairs = ()


class ImageSource:
    """Reads the image of a request, whichever way it was sent."""

    def __init__(self, bucket: ImageBucket) -> None:
        self._bucket = bucket

    def receive(self, body: RequestBody) -> SentImage:
        """Forms are taken apart, as their parameters are needed before the image is."""
        if body.is_form:
            _check(body)
            form = read_form(body.content(), body.content_type)
            return SentImage(partial(_read_file, form.image), form.parameters)
        return SentImage(partial(self._read, body))

    def read(self, body: RequestBody) -> Image:
        """Raises a ``RequestError``, or ``UpstreamUnavailable`` when S3 does not answer."""
        return self.receive(body).read()

    def _read(self, body: RequestBody) -> Image:
        _check(body)
        if body.is_json:
            return self._read_reference(ImageReference.parse(body.document()))
        content = body.content()
        try:
            return _read_inline(content)
        except UnsupportedMediaType as error:
            raise UnsupportedMediaType(
                _how_to_send(body, content) or error.public_message
            ) from None

    def _read_reference(self, reference: ImageReference) -> Image:
        if reference.s3_uri is not None:
            return self._bucket.read_uri(reference.s3_uri)
        return _read_inline(decode_image_text(reference.image or ""))


def _how_to_send(body: RequestBody, content: bytes) -> str | None:
    """What is to be changed for a body that is no image by its bytes; None: nothing is known."""
    declared = body.media_type
    if content.startswith(_GZIP):
        return "The body is compressed (gzip): send the image as it is."
    if _is_image_in_text(content):
        return _IN_TEXT
    if content[:_BEGINNING].lstrip(_BEFORE_JSON).startswith(b"{"):
        return f"The body looks like JSON: send it with {_AS_JSON}."
    if declared == "application/x-www-form-urlencoded":
        return f"The body is a URL-encoded form: send {_BYTES}, or a form as multipart/form-data."
    if declared.startswith("multipart/"):
        return f"The body is {cut(declared, _MAX_TYPE)}: send a form as multipart/form-data."
    if declared.startswith("text/"):
        return (
            f"The body is {cut(declared, _MAX_TYPE)}, which may be changed on its way: send "
            f"{_BYTES}, or JSON with {_AS_JSON}."
        )
    return None


def _is_image_in_text(content: bytes) -> bool:
    start = content[:_BEGINNING].strip()
    if start[:5].lower() == b"data:":
        return True
    try:
        return sniff(decode_base64(start[:_LONGEST_SIGNATURE])) is not None
    except InvalidBase64:
        return False


def _check(body: RequestBody) -> None:
    body.check_coding()
    if not body.text:
        raise EmptyImage
    if len(body.text) > MAX_BODY_LENGTH:
        raise ImageTooLarge(f"The image is too large for a request.{_UPLOAD_IT}")


def _read_file(content: bytes) -> Image:
    """A form's: pages append what a canvas or a FileReader gave them, which is a text."""
    try:
        return _read_inline(content)
    except UnsupportedMediaType:
        if _is_image_in_text(content):
            raise UnsupportedMediaType(_IN_TEXT) from None
        raise


def _read_inline(content: bytes) -> Image:
    try:
        return read_image(content, MAX_INLINE_BYTES)
    except ImageTooLarge as error:
        raise ImageTooLarge(f"{error.public_message}{_UPLOAD_IT}") from None
