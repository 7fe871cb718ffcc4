"""What offers an upload: the answer of ``POST /v2/uploads``, and the 404 of a search by hash."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contract.error_answers import ErrorBody


class UploadFormBody(BaseModel):
    """A form for S3: send all `fields` and then the file, as `file`, in multipart/form-data."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(description="Where to POST the form; S3 answers 204.")]
    fields: dict[str, str]
    expires_in: Annotated[int, Field(ge=1, description="In seconds.")]


class AlreadyUploaded(BaseModel):
    """The image is there; nothing is to be sent."""

    model_config = ConfigDict(extra="forbid")

    already_uploaded: Literal[True]


class UploadNeeded(BaseModel):
    """The image is not there yet."""

    model_config = ConfigDict(extra="forbid")

    already_uploaded: Literal[False]
    upload: UploadFormBody


class UploadOffer(ErrorBody):
    """The image is not known: upload it with the form, then ask again."""

    upload: UploadFormBody
