"""A form (``multipart/form-data``, RFC 7578): its image, and its text fields that are parameters.

The whole body is at hand, so parts are looked up with ``find`` and copied once. What real clients
leave out or add is taken where it has one meaning: a file without a name, lines that end in LF,
blanks after a boundary, a preamble, an epilogue, and the transfer encodings of mail.
"""

from __future__ import annotations

import binascii
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from api.bodies import header_options
from api.bodies.image_text import decode_base64
from image_search.bounded_json import check_unicode
from image_search.errors import InvalidBase64, InvalidMultipart, InvalidParameters, Problem, cut
from image_search.images.media_type import sniff
from image_search.parameters.query_string import Pairs
from image_search.parameters.search_parameters import is_parameter

# Lists of parameters at their longest are some 200 fields.
MAX_PARTS = 250
# Of the names and values of all parameters: no query has more, as the gateway bounds it.
MAX_PARAMETERS_BYTES = 10_000
# Of one part's header lines: a file's name has up to 255 bytes, each of which may take three.
MAX_HEADER_BYTES = 4_096
MAX_BLANKS = 64
# Of what a client wrote, in our messages.
_MAX_QUOTED = 40

_DELIMITER_END = re.compile(rb"(--)|[ \t]{0,%d}(\r?\n)" % MAX_BLANKS)
_FOLD = re.compile(r"\r?\n[ \t]+")
# Not every codec that Python has: some take long.
_CHARSETS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1"}
_NOT_ENCODED = ("", "binary", "8bit", "7bit")


@dataclass(frozen=True)
class Form:
    """``parameters``: its text fields that are named like one, in their order."""

    image: bytes = field(repr=False)
    parameters: Pairs


@dataclass(frozen=True)
class Part:
    """``filename`` is None where the part has none."""

    name: str
    filename: str | None
    content_type: str
    transfer_encoding: str
    raw: bytes = field(repr=False)

    @property
    def is_file(self) -> bool:
        """By its file name, which some clients leave out: then by its type or content."""
        if self.filename is not None:
            # Browsers send neither name nor content of a file that was not chosen
            # (HTML §4.10.21.4).
            return bool(self.filename or self.raw)
        media_type = header_options.value_of(self.content_type)
        described = media_type.startswith("image/") or media_type == "application/octet-stream"
        return described or sniff(self.raw) is not None

    @property
    def is_text(self) -> bool:
        return self.filename is None and not self.is_file

    def content(self) -> bytes:
        """Decoded (RFC 2045 §6): RFC 7578 §4.7 deprecates it, and mail libraries still do it."""
        if self.transfer_encoding in _NOT_ENCODED:
            return self.raw
        if self.transfer_encoding == "quoted-printable":
            return binascii.a2b_qp(self.raw)
        if self.transfer_encoding != "base64":
            raise InvalidMultipart(
                "A part of the form has a Content-Transfer-Encoding that is not taken: "
                f"{cut(self.transfer_encoding, _MAX_QUOTED)}."
            )
        try:
            return decode_base64(self.raw.decode("ascii", "replace"))
        except InvalidBase64:
            message = (
                "A part of the form is no base64, which its Content-Transfer-Encoding says it is."
            )
            raise InvalidMultipart(message) from None

    def text(self) -> str:
        """Raises ``InvalidParameters`` for what is not in the charset that the part names."""
        media_type, options = header_options.parse(self.content_type)
        try:
            value = self.content().decode(_CHARSETS[options.get("charset", "utf-8").lower()])
            return _unquoted(value) if media_type == "application/json" else value
        except (KeyError, ValueError):
            message = "Value should be text in UTF-8"
            raise InvalidParameters([Problem("invalid_parameter", message, self.name)]) from None


def _unquoted(value: str) -> str:
    """Of JSON that is one text, the text: Retrofit writes it so where it has a converter for JSON.

    Raises ``ValueError`` for what is no JSON, and for half a character.
    """
    if value.startswith('"'):
        value = str(json.loads(value))
        check_unicode(value)
    return value


def read_form(content: bytes, content_type: str) -> Form:
    """Raises ``InvalidMultipart``, or ``InvalidParameters`` for a field that is no text."""
    parts = list(parts_of(content, boundary_of(content_type)))
    texts = [part for part in parts if part.is_text]
    image = _image_of(parts, [part for part in texts if not is_parameter(part.name)])
    return Form(image, _parameters_of([part for part in texts if is_parameter(part.name)]))


def _image_of(parts: Sequence[Part], others: Sequence[Part]) -> bytes:
    """``others``: text parts that are no parameters. A form's only part may be a file that nothing
    shows to be one."""
    files = [part for part in parts if part.is_file]
    if len(files) > 1:
        names = ", ".join(f'"{cut(part.filename or part.name, _MAX_QUOTED)}"' for part in files)
        raise InvalidMultipart(f"The form has {len(files)} files: {names}. A search takes one.")
    if files:
        return files[0].content()
    if any(part.filename is not None for part in parts):
        return b""  # an input for a file, in which none was chosen
    if len(others) == 1:
        return others[0].content()
    raise InvalidMultipart("The form has no file: no part of it has a filename or is an image.")


def _parameters_of(parts: Sequence[Part]) -> Pairs:
    if sum(len(part.name) + len(part.raw) for part in parts) > MAX_PARAMETERS_BYTES:
        raise InvalidMultipart(
            f"The form's parameters have more than {MAX_PARAMETERS_BYTES} bytes together."
        )
    return tuple((part.name, part.text()) for part in parts)


def boundary_of(content_type: str) -> bytes:
    boundary = header_options.parse(content_type)[1].get("boundary", "")
    if not boundary:
        raise InvalidMultipart(
            "The header Content-Type names no boundary. Leave this header to your HTTP client, "
            "which writes it together with the form."
        )
    # An event can hold half a character.
    return boundary.encode("utf-8", "surrogatepass")


class _Delimiter(NamedTuple):
    """``start``: of the line break before it, where a part ends. ``end``: where the next begins.

    ``line_break``: the one after it; None after the last delimiter.
    """

    start: int
    end: int
    line_break: bytes | None


def parts_of(content: bytes, boundary: bytes) -> Iterator[Part]:
    """Each part in turn."""
    opening = _first_delimiter(content, boundary)
    # A form's line breaks are all alike, so that those of a file are not taken for its own.
    line_break = opening.line_break or b""
    count = 0
    while opening.line_break is not None:
        count += 1
        if count > MAX_PARTS:
            raise InvalidMultipart(f"The form has more than {MAX_PARTS} parts.")
        # The line break before a delimiter belongs to it (RFC 2046 §5.1.1); some clients write
        # one for two where a part is empty.
        at = opening.end - len(line_break)
        closing = _next_delimiter(content, line_break + b"--" + boundary, at)
        if closing is None:
            raise InvalidMultipart("The form is cut off: it does not end with its boundary.")
        yield _part(content, opening.end, closing.start, line_break)
        opening = closing


def _first_delimiter(content: bytes, boundary: bytes) -> _Delimiter:
    """At the beginning, or after a preamble, which ends with a line break."""
    delimiter = b"--" + boundary
    if content.startswith(delimiter):
        ending = _DELIMITER_END.match(content, len(delimiter))
        if ending is not None:
            return _Delimiter(0, ending.end(), ending[2])
    found = _next_delimiter(content, b"\n" + delimiter, 0)
    if found is None:
        raise InvalidMultipart("The boundary that Content-Type names does not occur in the form.")
    return found


def _next_delimiter(content: bytes, delimiter: bytes, at: int) -> _Delimiter | None:
    """Lines that only begin like it are none."""
    while (at := content.find(delimiter, at)) >= 0:
        after = at + len(delimiter)
        ending = _DELIMITER_END.match(content, after)
        if ending is not None:
            return _Delimiter(at, ending.end(), ending[2])
        at = after
    return None


def _part(content: bytes, start: int, end: int, line_break: bytes) -> Part:
    """``start`` and ``end``: of its header lines and its content, between two delimiters."""
    blank = line_break * 2
    # The first may be that of the delimiter, where there are no header lines.
    at = content.find(blank, start - len(line_break), end + len(line_break))
    if at < 0 or at - start > MAX_HEADER_BYTES:
        raise InvalidMultipart(
            f"A part of the form has more than {MAX_HEADER_BYTES} bytes of header lines, or no "
            "blank line after them."
        )
    headers = _headers(content[start : max(start, at)])
    value, options = header_options.parse(headers.get("content-disposition", ""))
    if value != "form-data":
        raise InvalidMultipart("A part of the form has no Content-Disposition: form-data.")
    return Part(
        options.get("name", ""),
        options.get("filename"),
        headers.get("content-type", ""),
        headers.get("content-transfer-encoding", "").strip().lower(),
        content[at + len(blank) : end],
    )


def _headers(block: bytes) -> dict[str, str]:
    """By name in lower case. File names are in any charset, and none of them matters."""
    lines = _FOLD.sub(" ", block.decode("utf-8", "replace")).splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
