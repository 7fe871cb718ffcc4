import base64
import json
from functools import partial

import pytest

from api.bodies.form import MAX_HEADER_BYTES, MAX_PARAMETERS_BYTES, MAX_PARTS, Form, read_form
from image_search.errors import InvalidMultipart, InvalidParameters, Problem
from wire import JPEG

FORM = "multipart/form-data; boundary=b"
FILE = b'Content-Disposition: form-data; name="f"; filename="p.jpg"\r\n\r\n' + JPEG
NAMED_ONLY = b'Content-Disposition: form-data; name="f"'


def form(*parts, line_break=b"\r\n"):
    lines = b"".join(b"--b\r\n%b\r\n" % part for part in parts) + b"--b--\r\n"
    return lines.replace(b"\r\n", line_break)


def part(content, disposition=b'name="f"; filename="p.jpg"', headers=b""):
    return b"Content-Disposition: form-data; %b\r\n%b\r\n%b" % (disposition, headers, content)


def text(name, value, headers=b""):
    return part(value, b'name="%b"' % name, headers)


read = partial(read_form, content_type=FORM)


def refusal(content, content_type=FORM):
    with pytest.raises(InvalidMultipart) as refused:
        read_form(content, content_type)
    return refused.value.public_message


@pytest.mark.parametrize(
    "disposition",
    [
        b'name="f"; filename="p.jpg"',
        b"name=f; filename=p.jpg",
        b'filename="p.jpg"',
        b'name="us"; filename="p.jpg"',
        b'name="f"; filename=""',
        b'name="f"; filename="\xff\xfe"',
        b'name="f"; filename="a\\"b;c.jpg"',
        b'name="f"; filename="C:\\photos\\"',
        b'name="f"; filename="not closed',
        b"name=\"f\"; filename*=UTF-8''%E2%82%AC.jpg",
        b"name=\"f\"; filename*0*=UTF-8''%E2%82; filename*1*=%AC.jpg",
        b'name="f" ; FileName = "p.jpg" ; size=3',
        b'name="f";filename="p.jpg"',
    ],
)
def test_a_file_is_taken_however_it_is_named(disposition):
    assert read(form(part(JPEG, disposition))) == Form(JPEG, ())


@pytest.mark.parametrize(
    "only",
    [
        text(b"image", JPEG),
        text(b"us", JPEG),
        text(b"f", b"no image", b"Content-Type: image/jpeg\r\nContent-Length: 8\r\n"),
        text(b"f", b"no image", b"Content-Type: application/octet-stream\r\n"),
        text(b"f", b"no image", b"Content-Type: text/plain\r\n"),
        text(b"f", b"no image"),
    ],
)
def test_the_only_part_is_the_image_without_a_file_name(only):
    assert read(form(only)).image in (JPEG, b"no image")


def test_text_parts_that_are_named_like_parameters_are_parameters():
    fields = (
        (b"us", b"vip"),
        (b"us[]", b"a+b %41"),
        (b"fmt_options[fields]", "preis€".encode()),
        (b"fmt_options[facet_options][gr\xc3\xb6\xc3\x9fe]", b""),
        (b"csrf", b"0123"),
        (b"key", b"mine"),
    )
    assert read(
        form(*(text(*each) for each in fields[:3]), FILE, *(text(*e) for e in fields[3:]))
    ) == (
        Form(
            JPEG,
            (
                ("us", "vip"),
                ("us[]", "a+b %41"),
                ("fmt_options[fields]", "preis€"),
                ("fmt_options[facet_options][größe]", ""),
                ("key", "mine"),
            ),
        )
    )


@pytest.mark.parametrize(
    ("content_type", "value"),
    [
        (b"text/plain; charset=UTF-8", "é".encode()),
        (b"text/plain; charset=ISO-8859-1", b"\xe9"),
        (b'text/plain; charset="iso-8859-1"', b"\xe9"),
    ],
)
def test_a_parameter_is_in_the_charset_that_its_part_names(content_type, value):
    field = text(b"us", value, b"Content-Type: %b\r\n" % content_type)
    assert read(form(FILE, field)).parameters == (("us", "é"),)


@pytest.mark.parametrize(
    "value", ["Products", 'a "b" \\ é\u2028', "true", "1", '{"dtype":"array"}', ""]
)
def test_a_parameter_may_be_a_text_in_json(value):
    """As Retrofit writes a String where it has a converter for JSON."""
    field = text(b"us", json.dumps(value).encode(), b"Content-Type: application/json\r\n")
    assert read(form(FILE, field)).parameters == (("us", value),)


@pytest.mark.parametrize("value", ["true", "1", '{"dtype":"array"}', "Products", ""])
def test_other_json_is_a_parameter_as_it_is(value):
    header = b"Content-Type: application/json; charset=UTF-8\r\n"
    field = text(b"us", value.encode(), header)
    assert read(form(FILE, field)).parameters == (("us", value),)


@pytest.mark.parametrize("value", [b'"a', b'"a" "b"', b'"\\ud800"'])
def test_a_parameter_in_json_that_is_no_text_is_named(value):
    field = text(b"us", value, b"Content-Type: application/json\r\n")
    with pytest.raises(InvalidParameters) as refused:
        read(form(FILE, field))
    assert [problem.source for problem in refused.value.problems] == ["us"]


@pytest.mark.parametrize("charset", [b"utf-8", b"us-ascii", b"utf-7", b"none", b"punycode"])
def test_a_parameter_in_no_charset_that_is_taken_is_named(charset):
    field = text(b"us", b"\xe9", b"Content-Type: text/plain; charset=%b\r\n" % charset)
    with pytest.raises(InvalidParameters) as refused:
        read(form(FILE, field))
    assert refused.value.problems == (
        Problem("invalid_parameter", "Value should be text in UTF-8", "us"),
    )


@pytest.mark.parametrize(
    ("encoding", "sent"),
    [
        (b"base64", base64.encodebytes(JPEG)),
        (b"BASE64", base64.b64encode(JPEG)),
        (b"binary", JPEG),
        (b"8bit", JPEG),
        (b"quoted-printable", b"".join(b"=%02X" % byte for byte in JPEG)),
    ],
)
def test_a_file_in_an_encoding_of_mail_is_decoded(encoding, sent):
    header = b"Content-Transfer-Encoding: %b\r\n" % encoding
    assert read(form(part(sent, headers=header))).image == JPEG


@pytest.mark.parametrize(
    ("encoding", "message"),
    [
        (
            b"base64",
            "A part of the form is no base64, which its Content-Transfer-Encoding says it is.",
        ),
        (
            b"x-uuencode",
            "A part of the form has a Content-Transfer-Encoding that is not taken: x-uuencode.",
        ),
    ],
)
def test_what_an_encoding_of_mail_does_not_fit_is_refused(encoding, message):
    header = b"Content-Transfer-Encoding: %b\r\n" % encoding
    assert refusal(form(part(JPEG, headers=header))) == message


@pytest.mark.parametrize("line_break", [b"\r\n", b"\n"])
@pytest.mark.parametrize("image", [b"", b"\n", b"\r\n--c\r\n", b"\n--bc", b"a\n--b \x00\n--b-\n"])
def test_the_bytes_of_a_file_are_its_own_in_forms_of_either_line_break(line_break, image):
    sent = b"\xff\xd8\xff" + image
    parts = form(part(b"?"), text(b"us", b"a"), line_break=line_break).replace(b"?", sent)
    assert read(parts) == Form(sent, (("us", "a"),))


@pytest.mark.parametrize(
    "content",
    [
        b"This is a form.\r\n" + form(FILE) + b"The end.\r\n--b\r\n",
        b"\r\n" + form(FILE),
        b"--bb\r\n" + form(FILE),
        form(FILE).replace(b"--b\r\n", b"--b \t\r\n"),
        form(FILE).removesuffix(b"\r\n"),
        form(FILE).removesuffix(b"--\r\n") + b"-- \r\n",
    ],
)
def test_what_stands_around_the_parts_does_not_matter(content):
    assert read(content) == Form(JPEG, ())


def test_header_lines_may_be_folded_and_unknown():
    headers = b"Content-Disposition:\r\n form-data; name=f;\r\n\tfilename=g\r\nX-A: b\r\n\r\n"
    assert read(form(headers + JPEG)).image == JPEG


def test_inputs_in_which_no_file_was_chosen_are_none():
    unchosen = part(
        b"", b'name="camera"; filename=""', b"Content-Type: application/octet-stream\r\n"
    )
    assert (read(form(unchosen, FILE)), read(form(unchosen))) == (Form(JPEG, ()), Form(b"", ()))


def test_a_part_that_is_empty_may_share_its_line_break():
    assert read(b'--b\r\nContent-Disposition: form-data; filename="a"\r\n\r\n--b--') == Form(
        b"", ()
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (form(), "The form has no file: no part of it has a filename or is an image."),
        (
            form(text(b"us", b"a")),
            "The form has no file: no part of it has a filename or is an image.",
        ),
        (
            form(text(b"one", b"a"), text(b"two", b"b")),
            "The form has no file: no part of it has a filename or is an image.",
        ),
        (
            form(FILE, FILE, text(b"thumb", JPEG)),
            'The form has 3 files: "p.jpg", "p.jpg", "thumb". A search takes one.',
        ),
        (b"no form", "The boundary that Content-Type names does not occur in the form."),
        (b"--bc\r\n", "The boundary that Content-Type names does not occur in the form."),
        (b"--b\r\n" + FILE, "The form is cut off: it does not end with its boundary."),
        (form(FILE)[:-6], "The form is cut off: it does not end with its boundary."),
        (
            form(b"\r\n" + JPEG),
            "A part of the form has no Content-Disposition: form-data.",
        ),
        (
            form(b"Content-Disposition: attachment\r\n\r\n" + JPEG),
            "A part of the form has no Content-Disposition: form-data.",
        ),
        (
            form(b"X: " + b"a" * MAX_HEADER_BYTES + b"\r\n" + FILE),
            "A part of the form has more than 4096 bytes of header lines, or no blank line after "
            "them.",
        ),
        (
            form(NAMED_ONLY),
            "A part of the form has more than 4096 bytes of header lines, or no blank line after "
            "them.",
        ),
        (form(FILE, *[text(b"a", b"b")] * MAX_PARTS), "The form has more than 250 parts."),
        (
            form(FILE, text(b"us", b"a" * MAX_PARAMETERS_BYTES)),
            "The form's parameters have more than 10000 bytes together.",
        ),
    ],
)
def test_what_is_wrong_with_a_form_is_said(content, message):
    assert refusal(content) == message


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary=""'],
)
def test_a_form_without_a_boundary_is_refused_with_the_usual_remedy(content_type):
    assert refusal(form(FILE), content_type) == (
        "The header Content-Type names no boundary. Leave this header to your HTTP client, which "
        "writes it together with the form."
    )


def test_many_long_fields_that_are_no_parameters_do_not_count():
    assert read(form(FILE, *[text(b"note", b"a" * 10_000)] * 9)) == Form(JPEG, ())


def test_a_boundary_with_half_a_character_is_refused():
    assert "does not occur" in refusal(form(FILE), 'multipart/form-data; boundary="b\ud800"')


def test_a_quoted_boundary_may_have_any_sign():
    content = form(FILE).replace(b"--b", b"--a b;c")
    assert read_form(content, 'Multipart/Form-Data; charset=x; Boundary="a b;c"').image == JPEG
