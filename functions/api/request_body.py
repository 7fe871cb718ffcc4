"""A request's body: bytes, a form with one file, or JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from typing import Annotated, TypeVar

import pybase64
from multipart import MultipartError, MultipartParser, parse_options_header
from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from image_search.bounded_json import MAX_DEPTH, check_depth, check_members
from image_search.errors import (
    BodyTooLarge,
    InvalidBase64,
    InvalidJson,
    InvalidMultipart,
    InvalidParameters,
    Problem,
)

_S3_URI = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/(?s:.{1,1024})$"
_BASE64 = ";base64"
_MAX_PARTS = 8
# Quotation marks and commas of a JSON body: it has three members at most, but S3's keys have up to
# 1,024 characters.
_MAX_MEMBERS = 3_000
_LINE_BREAKS = b" \t\r\n"


@dataclass(frozen=True)
class RequestBody:
    """A body as the gateway hands it over: text, or base64 of bytes."""

    text: str = field(repr=False)
    is_base64: bool
    content_type: str

    def content(self) -> bytes:
        """The bytes that the client sent. Raises ``InvalidBase64``."""
        if self.is_base64:
            return decode_base64(self.text)
        return self.text.encode("utf-8", "surrogatepass")

    def document(self) -> bytes | str:
        """JSON as it came: mostly as text, which need not be copied to be parsed."""
        return self.content() if self.is_base64 else self.text

    def check_size(self, most: int) -> None:
        """Raises ``BodyTooLarge`` for more than ``most`` bytes, before they are decoded."""
        size = (
            len(self.text) * 3 // 4 - self.text[-2:].count("=")
            if self.is_base64
            else (len(self.text))
        )
        if size > most:
            raise BodyTooLarge(f"The body has {size} bytes; this route takes {most}.")

    @property
    def media_type(self) -> str:
        return self.content_type.partition(";")[0].strip().lower()


class ImageReference(BaseModel):
    """The JSON body of a search: the image itself, or where it lies; exactly one of the two."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )

    image: str | None = None
    s3_uri: Annotated[str, StringConstraints(pattern=_S3_URI)] | None = None

    @classmethod
    def parse(cls, content: bytes | str) -> ImageReference:
        reference = parse_json(cls, content)
        if (reference.image is None) == (reference.s3_uri is None):
            message = "The JSON body should have exactly one of image and s3_uri."
            raise InvalidParameters([Problem("invalid_parameter", message, "image")])
        return reference


_Model = TypeVar("_Model", bound=BaseModel)


def parse_json(model: type[_Model], content: bytes | str) -> _Model:
    """A JSON body as a model. Raises ``InvalidJson``, or ``InvalidParameters`` by member."""
    try:
        check_members(content, _MAX_MEMBERS)
    except ValueError:
        raise InvalidJson("The body has more members than any that is taken.") from None
    try:
        check_depth(content)
    except ValueError:
        raise InvalidJson(f"The body is nested more than {MAX_DEPTH} levels deep.") from None
    try:
        return model.model_validate_json(content)
    except ValidationError as error:
        raise _json_error(error) from None
    except UnicodeEncodeError as error:
        raise InvalidJson(detail=repr(error)[:100]) from None


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


def file_of_form(content: bytes, content_type: str) -> bytes:
    """The one file of a ``multipart/form-data`` body (RFC 7578), whatever its field is called."""
    try:
        boundary = parse_options_header(content_type)[1]["boundary"]
        parts = list(
            MultipartParser(
                BytesIO(content),
                boundary,
                spool_limit=len(content) + 1,
                memory_limit=len(content) + 1,
                part_limit=_MAX_PARTS,
                charset="latin-1",  # takes any file name, as none matters
            )
        )
    except (MultipartError, KeyError, UnicodeEncodeError) as error:
        # The last: a boundary with half a character, which an event can hold.
        raise InvalidMultipart(detail=repr(error)) from error
    if len(parts) != 1 or parts[0].filename is None:
        raise InvalidMultipart(detail=f"{len(parts)} parts")
    return bytes(parts[0].raw)


def decode_image_text(text: str) -> bytes:
    """Base64, or a ``data:`` URI (RFC 2397) that holds base64, to bytes."""
    if text[:5].lower() != "data:":
        return decode_base64(text)
    header, comma, encoded = text.partition(",")
    if not comma or header[-len(_BASE64) :].lower() != _BASE64:
        raise InvalidBase64("The data: URI does not hold base64.", source="image")
    return decode_base64(encoded)


def decode_base64(text: str) -> bytes:
    """Strict base64, but for the line breaks that MIME encoders put in (RFC 2045 §6.8)."""
    try:
        return pybase64.b64decode(text, validate=True)
    except ValueError:
        pass
    try:
        # Of bytes, as anything else than ASCII is no base64 and would take ten times as long.
        return pybase64.b64decode(text.encode("ascii").translate(None, _LINE_BREAKS), validate=True)
    except ValueError:
        raise InvalidBase64(source="image") from None
