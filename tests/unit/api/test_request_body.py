import json

import pytest

from api.request_body import ImageReference, RequestBody
from image_search.errors import (
    InvalidJson,
    InvalidParameters,
    Problem,
    UnsupportedContentCoding,
)


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


@pytest.mark.parametrize("text", ['\ufeff{"image":"a"}', b'\xef\xbb\xbf{"image":"a"}'])
def test_a_byte_order_mark_before_json_does_not_matter(text):
    assert ImageReference.parse(text).image == "a"


@pytest.mark.parametrize("charset", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
@pytest.mark.parametrize("decode", [bytes, lambda sent: sent.decode("utf-8", "replace")])
def test_json_in_another_encoding_is_refused_as_such(charset, decode):
    with pytest.raises(InvalidJson, match="JSON in UTF-16 or UTF-32; it should be in UTF-8"):
        ImageReference.parse(decode('{"image":"a"}'.encode(charset)))


@pytest.mark.parametrize(
    "text",
    [
        '{"image":"a","image":"b"}',
        '{"image":null,"image":"b"}',
        '{"image":"b","\\u0069mage":"b"}',
        '{"image":"b","image":[{"a":1}],"image":"b"}',
    ],
)
def test_a_member_that_is_given_twice_is_named(text):
    with pytest.raises(InvalidParameters) as refused:
        ImageReference.parse(text)
    assert refused.value.problems == (
        Problem("invalid_parameter", "Value should be given only once", "image"),
    )


def test_a_number_that_no_reader_takes_in_a_member_given_twice_is_invalid_json():
    with pytest.raises(InvalidJson):
        ImageReference.parse(f'{{"image":{"9" * 5000},"image":"b"}}')


def test_commas_and_quotes_in_a_value_are_no_members():
    text = json.dumps({"s3_uri": 's3://bucket/a",b","c'})
    assert ImageReference.parse(text).s3_uri == 's3://bucket/a",b","c'


@pytest.mark.parametrize("coding", ["gzip", "br", "identity, gzip", "x" * 900])
def test_a_body_in_a_content_coding_is_refused_and_none_is_offered(coding):
    body = RequestBody("", is_base64=True, content_type="", content_encoding=coding)
    with pytest.raises(UnsupportedContentCoding) as refused:
        body.check_coding()
    error = refused.value
    assert (error.status, error.source, error.headers) == (
        415,
        "Content-Encoding",
        {"Accept-Encoding": "identity"},
    )


@pytest.mark.parametrize("coding", ["", "identity", " Identity "])
def test_a_body_in_no_content_coding_is_taken(coding):
    RequestBody("", is_base64=True, content_type="", content_encoding=coding).check_coding()


@pytest.mark.parametrize(
    ("content_type", "is_json"),
    [
        ("application/json", True),
        ("Application/JSON; charset=utf-8", True),
        ("text/json", True),
        ("application/vnd.shop+json", True),
        ("application/jsonp", False),
        ("text/plain", False),
        ("", False),
    ],
)
def test_json_is_known_by_its_media_type(content_type, is_json):
    assert RequestBody("", is_base64=True, content_type=content_type).is_json == is_json
