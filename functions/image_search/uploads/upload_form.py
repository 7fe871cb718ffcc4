"""The use case of an upload: a form for an image that is not there yet."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from image_search.errors import ImageTooLarge
from image_search.images.sha256 import Sha256
from image_search.parameters.fmt_options import LARGEST_INTEGER
from image_search.uploads.bucket import ImageBucket, UploadForm

# Declared in a form for an image that has not been described; its type is read from its content.
ANY_TYPE = "application/octet-stream"


def _whole(value: object) -> object:
    """JSON has one kind of number: 2.0 is 2."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class UploadRequest(BaseModel):
    """The JSON body of ``POST /v2/uploads``. ``size``: bytes of the file, exactly."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )

    sha256: Sha256
    content_type: Annotated[
        str, StringConstraints(pattern=r"^image/[a-z0-9][a-z0-9.+-]*$", max_length=100)
    ]
    size: Annotated[int, Field(strict=True, ge=1, le=LARGEST_INTEGER), BeforeValidator(_whole)]


class Uploads:
    """Hands out upload forms."""

    def __init__(self, bucket: ImageBucket) -> None:
        self._bucket = bucket

    def request_upload(
        self, request: UploadRequest, search: str | None = None
    ) -> UploadForm | None:
        """None when the image is already there. Raises ``ImageTooLarge``.

        ``search``: what the upload is for, if its search may start by itself.
        """
        limit = self._bucket.max_bytes
        if request.size > limit:
            raise ImageTooLarge(
                f"The image has {request.size} bytes; at most {limit} are taken.",
                source="size",
            )
        if self._bucket.has_upload(request.sha256):
            return None
        return self._bucket.upload_form(
            request.sha256,
            content_type=request.content_type,
            size=request.size,
            search=search,
        )

    def form_for(self, sha256: str, search: str | None = None) -> UploadForm:
        """For an image of which only the name is known."""
        return self._bucket.upload_form(sha256, content_type=ANY_TYPE, search=search)
