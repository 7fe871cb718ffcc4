"""The use case of an upload: a form for an image that is not there yet."""

from __future__ import annotations

from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
)

from image_search.errors import ImageTooLarge
from image_search.images.sha256 import Sha256
from image_search.parameters.fmt_options import LARGEST_INTEGER
from image_search.uploads.bucket import ImageBucket, UploadForm
from image_search.uploads.outcomes import Outcomes
from image_search.uploads.tickets import Ticket, Tickets

# Declared in a form for an image that has not been described; its type is read from its content.
ANY_TYPE = "application/octet-stream"
# In any case, and with parameters; systems that do not know a file's type send the others.
_IMAGE_TYPE = r"[Ii][Mm][Aa][Gg][Ee]/([A-Za-z0-9][A-Za-z0-9.+-]*|\*)"
_TYPE = rf"^({_IMAGE_TYPE}|[A-Za-z]+/octet-stream|\*/\*)? *(;.*)?$"


def _whole(value: object) -> object:
    """JSON has one kind of number: 2.0 is 2."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _media_type(value: str) -> str:
    """In lower case and without parameters; ``ANY_TYPE`` where the type is unknown."""
    media_type = value.partition(";")[0].strip(" ").lower()
    known = media_type.startswith("image/") and media_type != "image/*"
    return media_type if known else ANY_TYPE


class UploadRequest(BaseModel):
    """The JSON body of ``POST /v2/uploads``. ``size``: bytes of the file, exactly."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )

    sha256: Sha256
    content_type: Annotated[
        str, StringConstraints(pattern=_TYPE, max_length=100), AfterValidator(_media_type)
    ] = ANY_TYPE
    size: Annotated[int, Field(strict=True, ge=1, le=LARGEST_INTEGER), BeforeValidator(_whole)]

    def refuse_if_larger(self, limit: int) -> None:
        """Raises ``ImageTooLarge`` for more than ``limit`` bytes."""
        if self.size > limit:
            raise ImageTooLarge(
                f"The image has {self.size} bytes; at most {limit} are taken.", source="size"
            )


class Uploads:
    """Hands out upload forms.

    ``start_searches``: whether a function searches uploads, and deletes what no search can use.
    """

    def __init__(
        self, bucket: ImageBucket, tickets: Tickets, outcomes: Outcomes, *, start_searches: bool
    ) -> None:
        self.bucket = bucket
        self._tickets = tickets
        self._outcomes = outcomes
        self._start_searches = start_searches

    def is_needed(self, request: UploadRequest) -> bool:
        """False when the image is already there. Raises ``ImageTooLarge``, and as below."""
        request.refuse_if_larger(self.bucket.max_bytes)
        if self.bucket.has_upload(request.sha256):
            return False
        self.refuse_if_unusable(request.sha256)
        return True

    def refuse_if_unusable(self, sha256: str) -> None:
        """Raises the error that this image met when it was uploaded some minutes ago."""
        error = self._outcomes.error_of(sha256) if self._start_searches else None
        if error is not None:
            raise error

    def form_for(
        self, ticket: Ticket, *, content_type: str = ANY_TYPE, size: int | None = None
    ) -> UploadForm:
        """A form for the ticket's image. The upload starts the ticket's search, unless the ticket
        could not be written."""
        return self.bucket.upload_form(
            ticket.sha256,
            content_type=content_type,
            size=size,
            ticket=self._tickets.write(ticket) if self._start_searches else None,
        )
