"""Where the image of a request comes from: the body itself, a form, JSON, or S3."""

from __future__ import annotations

from api.request_body import ImageReference, RequestBody, decode_image_text, file_of_form
from image_search.errors import EmptyImage, ImageTooLarge
from image_search.images.image import Image, read_image
from image_search.uploads.bucket import ImageBucket

# What fits into Lambda's 6 MB request once it is base64, with room for headers and query.
MAX_INLINE_BYTES = 4_500_000
# Of a body as the function gets it, which is 6 MB with all the rest: no base64 of it is decoded
# where another gateway takes more.
MAX_BODY_LENGTH = 6_300_000
_UPLOAD_IT = " A larger one is uploaded first: see POST /v2/uploads."


class ImageSource:
    """Reads the image of a request, whichever way it was sent."""

    def __init__(self, bucket: ImageBucket) -> None:
        self._bucket = bucket

    def read(self, body: RequestBody) -> Image:
        """Raises a ``RequestError``, or ``UpstreamUnavailable`` when S3 does not answer."""
        if not body.text:
            raise EmptyImage
        if len(body.text) > MAX_BODY_LENGTH:
            raise ImageTooLarge(f"The image is too large for a request.{_UPLOAD_IT}")
        if body.media_type == "application/json":
            return self._read_reference(ImageReference.parse(body.document()))
        content = body.content()
        if body.media_type == "multipart/form-data":
            content = file_of_form(content, body.content_type)
        return _read_inline(content)

    def _read_reference(self, reference: ImageReference) -> Image:
        if reference.s3_uri is not None:
            return self._bucket.read_uri(reference.s3_uri)
        return _read_inline(decode_image_text(reference.image or ""))


def _read_inline(content: bytes) -> Image:
    try:
        return read_image(content, MAX_INLINE_BYTES)
    except ImageTooLarge as error:
        raise ImageTooLarge(f"{error.public_message}{_UPLOAD_IT}") from None
