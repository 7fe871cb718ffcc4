"""A request's body: bytes, or JSON; forms are read in ``bodies``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from api.bodies import header_options
from api.bodies.image_text import decode_base64
from image_search.bounded_json import MAX_DEPTH, check_depth, check_members
from image_search.errors import (
    BodyTooLarge,
    InvalidJson,
    InvalidParameters,
    Problem,
    UnsupportedContentCoding,
    cut,
)

_S3_URI = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/(?s:.{1,1024})$"
# Quotation marks and commas of a JSON body: it has three members at most, but S3's keys have up to
# 1,024 characters.
_MAX_MEMBERS = 3_000
# Those of one member whose value is a data: URI. A member that is given twice makes more.
_OF_ONE_MEMBER = 5
_BYTE_ORDER_MARK = "\ufeff"
# How UTF-16 and UTF-32 begin; the gateway hands JSON on as text, whatever it was in.
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff", "\ufffd\ufffd".encode())


@dataclass(frozen=True)
class RequestBody:
    """A body as the gateway hands it over: text, or base64 of bytes."""

    text: str = field(repr=False)
    is_base64: bool
    content_type: str
    content_encoding: str = ""

    def check_coding(self) -> None:
        """Raises ``UnsupportedContentCoding`` for a body that is compressed."""
        coding = self.content_encoding.strip().lower()
        if coding not in ("", "identity"):
            raise UnsupportedContentCoding(
                f"The body has the Content-Encoding {cut(coding, 40)}: send it as it is.",
                source="Content-Encoding",
            )

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
            else len(self.text)
        )
        if size > most:
            raise BodyTooLarge(f"The body has {size} bytes; this route takes {most}.")

    @property
    def is_form(self) -> bool:
        return self.media_type == "multipart/form-data"

    @property
    def is_json(self) -> bool:
        """As the WHATWG's MIME Sniffing §4.6 has it."""
        media_type = self.media_type
        return media_type in ("application/json", "text/json") or media_type.endswith("+json")

    @property
    def media_type(self) -> str:
        return header_options.value_of(self.content_type)


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
    content = _in_utf_8(content)
    try:
        check_members(content, _MAX_MEMBERS)
    except ValueError:
        raise InvalidJson("The body has more members than any that is taken.") from None
    try:
        check_depth(content)
    except ValueError:
        raise InvalidJson(f"The body is nested more than {MAX_DEPTH} levels deep.") from None
    try:
        value = model.model_validate_json(content)
    except ValidationError as error:
        raise _json_error(error) from None
    except UnicodeEncodeError as error:
        raise InvalidJson(detail=repr(error)[:100]) from None
    _refuse_repeated_members(content)
    return value


def _in_utf_8(content: bytes | str) -> bytes | str:
    """Without the byte order mark that readers may ignore (RFC 8259 §8.1)."""
    start = content[:4] if isinstance(content, bytes) else content[:4].encode("utf-8", "replace")
    if start.startswith(_OTHER_MARKS) or b"\0" in start:
        raise InvalidJson("The body is JSON in UTF-16 or UTF-32; it should be in UTF-8.")
    if isinstance(content, bytes):
        return content.removeprefix(_BYTE_ORDER_MARK.encode())
    return content.removeprefix(_BYTE_ORDER_MARK)


def _refuse_repeated_members(content: bytes | str) -> None:
    """Readers differ in which of two they take (RFC 8259 §4)."""
    try:
        check_members(content, _OF_ONE_MEMBER)
    except ValueError:
        try:
            json.loads(content, object_pairs_hook=_unique)
        except ValueError as error:  # in the value that was read over
            raise InvalidJson(detail=repr(error)[:100]) from None


def _unique(members: list[tuple[str, object]]) -> None:
    seen: set[str] = set()
    for name, _ in members:
        if name in seen:
            message = "Value should be given only once"
            raise InvalidParameters([Problem("invalid_parameter", message, name)])
        seen.add(name)


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
