"""Forms as other people's libraries write them, and as werkzeug reads them."""

import asyncio
import random
from contextlib import suppress
from email import policy
from email.message import EmailMessage
from io import BytesIO
from typing import IO
from unittest.mock import AsyncMock

import aiohttp
import httpx
import requests
from hypothesis import given
from hypothesis import strategies as st
from urllib3.filepost import encode_multipart_formdata
from werkzeug.formparser import MultiPartParser

from api.bodies.form import Form, boundary_of, parts_of, read_form
from image_search.errors import InvalidMultipart, InvalidParameters
from wire import JPEG

URL = "http://127.0.0.1/"
FIELDS = (("us", "vip"), ("note", "é+%"))
FORM = Form(JPEG, (("us", "vip"),))
NAME = 'a "b" é;\\.jpg'


def written(sent: requests.PreparedRequest) -> tuple[bytes, str]:
    assert isinstance(sent.body, bytes)
    return sent.body, str(sent.headers["Content-Type"])


def test_requests():
    sent = requests.Request("POST", URL, files={"f": (NAME, JPEG)}, data=FIELDS).prepare()
    assert read_form(*written(sent)) == FORM


def test_requests_with_a_file_without_a_name():
    sent = requests.Request("POST", URL, files={"f": (None, JPEG)}).prepare()
    assert read_form(*written(sent)) == Form(JPEG, ())


def test_httpx():
    sent = httpx.Request("POST", URL, files={"f": (NAME, JPEG)}, data=dict(FIELDS))
    assert read_form(sent.read(), sent.headers["Content-Type"]) == FORM


def test_urllib3():
    content, content_type = encode_multipart_formdata([*FIELDS, ("f", (NAME, JPEG))])
    assert read_form(content, content_type) == FORM


def test_aiohttp():
    async def write():
        form = aiohttp.FormData(list(FIELDS))
        form.add_field("f", JPEG, filename=NAME)
        writer, sink = form(), AsyncMock()
        await writer.write(sink)
        content = b"".join(call.args[0] for call in sink.write.await_args_list)
        return content, writer.headers["Content-Type"]

    assert read_form(*asyncio.run(write())) == FORM


def test_pythons_mail_package():
    """In base64, with a name by RFC 2231, whose long values come in pieces."""
    part = EmailMessage(policy=policy.HTTP.clone(max_line_length=76))
    part.set_content(JPEG, "image", "jpeg", disposition="form-data", filename="é" * 60 + ".jpg")
    part.set_param("name", "f", header="Content-Disposition")
    text = EmailMessage(policy=policy.HTTP.clone(max_line_length=76))
    text.set_content("vip", disposition="form-data")
    text.set_param("name", "note", header="Content-Disposition")
    message = EmailMessage(policy=policy.HTTP.clone(max_line_length=76))
    message["Content-Type"] = 'multipart/form-data; boundary="=b="'
    message.set_payload([part, text])
    body = message.as_bytes().partition(b"\r\n\r\n")[2]
    assert b"base64" in body
    assert b"filename*0*=" in body
    assert read_form(body, message["Content-Type"]) == Form(JPEG, ())


def in_memory(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> IO[bytes]:
    return BytesIO()


def as_werkzeug_reads_it(content, content_type):
    """Names with values, and names with file names and bytes."""
    boundary = boundary_of(content_type)
    parser = MultiPartParser(stream_factory=in_memory)
    fields, files = parser.parse(BytesIO(content), boundary, len(content))
    return (
        sorted(fields.items(multi=True)),
        sorted((name, file.filename, file.read()) for name, file in files.items(multi=True)),
    )


def as_it_is_read_here(content, content_type):
    parts = list(parts_of(content, boundary_of(content_type)))
    return (
        sorted((part.name, part.text()) for part in parts if part.filename is None),
        sorted((part.name, part.filename, part.raw) for part in parts if part.filename is not None),
    )


plain = st.text(
    st.characters(
        codec="utf-8", exclude_characters='"\\\r\n\0%\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029'
    ),
    min_size=1,
)
stripped = plain.filter(lambda text: text == text.strip())


@given(
    st.lists(st.tuples(stripped, st.text())), st.lists(st.tuples(stripped, stripped, st.binary()))
)
def test_werkzeug_finds_the_same_parts(fields, files):
    written = [*fields, *((name, (filename, content)) for name, filename, content in files)]
    content, content_type = encode_multipart_formdata(written, boundary="=#=x=")
    if written:
        assert as_it_is_read_here(content, content_type) == as_werkzeug_reads_it(
            content, content_type
        )


@given(
    st.lists(
        st.sampled_from(
            [b"\r\n--b", b"\n--b", b"--b", b"-", b"--", b"\r", b"\n", b" ", b"x", b"--b--"]
        )
    )
)
def test_a_file_that_is_full_of_almost_boundaries_is_whole(pieces):
    """Of a boundary that does not occur in it, as every writer sees to."""
    image = JPEG + b"".join(pieces)
    head = b'--b1\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n'
    sent = head + image + b"\r\n--b1--\r\n"
    assert read_form(sent, "multipart/form-data; boundary=b1") == Form(image, ())


def test_any_bytes_are_read_or_refused():
    chance = random.Random(18)
    pieces = (
        *(b"--b", b"\r\n", b"\n", b"--", b"Content-Disposition: form-data", b'; name="us"', b":"),
        *(
            b'; filename="',
            b"; filename*=UTF-8''%ff",
            b"Content-Transfer-Encoding: base64",
            b"\xff",
        ),
        *(b"Content-Type: text/plain; charset=", b"\xff\xd8\xff", b"=", b" ", b"\0", b'"', b"\\"),
    )
    for _ in range(5_000):
        content = b"--b\r\n" + b"".join(chance.choices(pieces, k=chance.randrange(30)))
        with suppress(InvalidMultipart, InvalidParameters):
            read_form(content, "multipart/form-data; boundary=b")
