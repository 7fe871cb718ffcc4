import pytest

from api.request_body import (
    ImageReference,
    RequestBody,
    decode_base64,
    decode_image_text,
    file_of_form,
)
from image_search.errors import (
    InvalidBase64,
    InvalidJson,
    InvalidMultipart,
    InvalidParameters,
    Problem,
)

FORM = "multipart/form-data; boundary=b"


def form(parts):
    return b"".join(b"--b\r\n%b\r\n" % part for part in parts) + b"--b--\r\n"


def part(content, disposition=b'form-data; name="f"; filename="p.jpg"'):
    return b"Content-Disposition: %b\r\n\r\n%b" % (disposition, content)


@pytest.mark.parametrize(
    ("body", "content", "document"),
    [
        (RequestBody("YWI=", is_base64=True, content_type=""), b"ab", b"ab"),
        (RequestBody("YWI=", is_base64=False, content_type=""), b"YWI=", "YWI="),
        (RequestBody("é", is_base64=False, content_type=""), b"\xc3\xa9", "é"),
        (RequestBody("\ud800", is_base64=False, content_type=""), b"\xed\xa0\x80", "\ud800"),
    ],
)
def test_a_body_is_what_the_client_sent(body, content, document):
    assert (body.content(), body.document()) == (content, document)


def test_the_media_type_is_without_parameters_and_in_small_letters():
    body = RequestBody("", is_base64=False, content_type=" Image/JPEG ; q=1; charset=UTF-8")
    assert body.media_type == "image/jpeg"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ('{"image": 1}', [("invalid_parameter", "Input should be a valid string", "image")]),
        ('{"a": 1}', [("unknown_parameter", "Extra inputs are not permitted", "a")]),
        (
            "{}",
            [
                (
                    "invalid_parameter",
                    "The JSON body should have exactly one of image and s3_uri.",
                    "image",
                )
            ],
        ),
    ],
)
def test_what_is_wrong_with_a_reference_is_named_by_its_member(text, problems):
    with pytest.raises(InvalidParameters) as refused:
        ImageReference.parse(text)
    assert list(refused.value.problems) == [Problem(*problem) for problem in problems]


@pytest.mark.parametrize(
    "uri", ["s3://abc/" + "x" * 1024, "s3://" + "b" * 63 + "/x", "s3://abc/\n"]
)
def test_a_bucket_and_a_key_are_taken_up_to_the_limits_of_s3(uri):
    assert ImageReference(s3_uri=uri).s3_uri == uri


@pytest.mark.parametrize(
    "uri",
    ["s3://abc/" + "x" * 1025, "s3://" + "b" * 64 + "/x", "s3://ab/x", "s3://abc/", "s3://.abc/x"],
)
def test_what_no_bucket_or_key_can_be_called_is_refused(uri):
    with pytest.raises(ValueError, match="s3_uri"):
        ImageReference(s3_uri=uri)


def test_the_file_of_a_form_is_taken_whatever_it_is_called():
    assert file_of_form(form([part(b"\xff\xd8\r\nx")]), FORM) == b"\xff\xd8\r\nx"


def test_a_file_name_in_no_charset_does_not_matter():
    named = part(b"x", b'form-data; name="f"; filename="\xff\xfe"')
    assert file_of_form(form([named]), FORM) == b"x"


@pytest.mark.parametrize(
    ("parts", "detail"),
    [
        ([part(b"x")] * 2, "2 parts"),
        ([part(b"x")] * 8, "8 parts"),
        ([part(b"x", b'form-data; name="f"')], "1 parts"),
    ],
)
def test_a_form_of_anything_but_one_file_is_refused(parts, detail):
    with pytest.raises(InvalidMultipart) as refused:
        file_of_form(form(parts), FORM)
    assert refused.value.detail == detail


def test_of_a_form_of_many_parts_no_more_than_eight_are_read():
    with pytest.raises(InvalidMultipart) as refused:
        file_of_form(form([part(b"x")] * 9), FORM)
    assert "parts" not in refused.value.detail.split("(")[0]
    assert "limit" in refused.value.detail.lower()


def test_a_boundary_with_half_a_character_is_refused():
    with pytest.raises(InvalidMultipart):
        file_of_form(form([part(b"x")]), 'multipart/form-data; boundary="b\ud800"')


def test_a_form_without_a_boundary_is_refused():
    with pytest.raises(InvalidMultipart) as refused:
        file_of_form(form([part(b"x")]), "multipart/form-data")
    assert refused.value.detail == "KeyError('boundary')"


@pytest.mark.parametrize(
    "text",
    ["YWI=", "data:image/png;base64,YWI=", "DATA:;BASE64,YWI=", "data:a;b=c;base64,Y\r\nWI="],
)
def test_base64_is_read_by_itself_and_in_a_data_uri(text):
    assert decode_image_text(text) == b"ab"


@pytest.mark.parametrize("text", ["data:image/png,YWI=", "data:YWI=", "data:;base64;x,YWI="])
def test_a_data_uri_of_anything_else_is_refused(text):
    with pytest.raises(InvalidBase64) as refused:
        decode_image_text(text)
    assert (refused.value.public_message, refused.value.source) == (
        "The data: URI does not hold base64.",
        "image",
    )


@pytest.mark.parametrize("text", ["YWI", "YW-_", "Y=WI", "YWI=\x0b"])
def test_what_is_not_base64_is_refused(text):
    with pytest.raises(InvalidBase64) as refused:
        decode_base64(text)
    assert refused.value.source == "image"


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("x", "Invalid JSON: expected value at line 1 column 1"),
    ],
)
def test_what_is_not_json_is_logged_with_what_is_wrong_but_not_at_length(text, detail):
    with pytest.raises(InvalidJson) as refused:
        ImageReference.parse(text)
    assert (refused.value.detail.startswith(detail), len(refused.value.detail) <= 100) == (
        True,
        True,
    )
