import base64
import gzip
import json
from dataclasses import replace

import boto3
import pytest
from botocore.config import Config

from api.image_source import MAX_INLINE_BYTES, ImageSource
from api.request_body import RequestBody
from image_search.errors import (
    CorruptImage,
    EmptyImage,
    ImageNotFound,
    ImageTooLarge,
    InvalidBase64,
    InvalidJson,
    InvalidMultipart,
    InvalidParameters,
    S3UriNotAllowed,
    UnsupportedContentCoding,
    UnsupportedMediaType,
    UpstreamUnavailable,
)
from image_search.images.image import read_image
from image_search.uploads.bucket import ImageBucket
from wire import ALLOWED, JPEG, UPLOADS

MAX_BYTES = 20_000_000
IMAGE = read_image(JPEG, MAX_BYTES)
BASE64 = base64.b64encode(JPEG).decode()


@pytest.fixture
def s3(aws):
    return boto3.client("s3")


@pytest.fixture
def sources(s3):
    return ImageSource(ImageBucket(lambda: s3, UPLOADS, {ALLOWED}, MAX_BYTES))


def raw(content, content_type=""):
    return RequestBody(base64.b64encode(content).decode(), True, content_type)


def as_json(body, content_type="application/json"):
    return RequestBody(body if isinstance(body, str) else json.dumps(body), False, content_type)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "image/jpeg",
        "Image/JPEG",
        "image/*",
        "*/*",
        "text/plain",
        "no type",
        "image/heic",
        "application/octet-stream",
        "application/x-www-form-urlencoded",
    ],
)
def test_raw_bytes_are_taken_whatever_they_are_called(sources, content_type):
    assert sources.read(raw(JPEG, content_type)) == IMAGE


@pytest.mark.parametrize(
    "text",
    [
        BASE64,
        "\n".join(BASE64[at : at + 76] for at in range(0, len(BASE64), 76)),
        f"data:image/jpeg;base64,{BASE64}",
        f"data:;base64,{BASE64}",
        f"DATA:image/jpeg;charset=x;BASE64,{BASE64}",
    ],
)
def test_base64_in_json_is_the_same_image(sources, text):
    assert sources.read(as_json({"image": text})) == IMAGE


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_is_recognised_by_its_media_type(sources, content_type):
    assert sources.read(as_json({"image": BASE64}, content_type)) == IMAGE


def test_json_may_arrive_as_base64(sources):
    body = raw(json.dumps({"image": BASE64}).encode(), "application/json")
    assert sources.read(body) == IMAGE


@pytest.mark.parametrize("bucket", [UPLOADS, ALLOWED])
def test_an_object_in_s3_is_the_same_image(sources, s3, bucket):
    s3.put_object(Bucket=bucket, Key="uploads/é 1.jpg", Body=JPEG)
    uri = f"s3://{bucket}/uploads/é 1.jpg"
    assert sources.read(as_json({"s3_uri": uri})) == replace(IMAGE, s3_uri=uri)


@pytest.mark.parametrize(
    "uri", ["s3://foreign-bucket/uploads/a", f"s3://{UPLOADS}/a", f"s3://{UPLOADS}/Uploads/a"]
)
def test_another_place_in_s3_is_not_allowed(sources, uri):
    with pytest.raises(S3UriNotAllowed):
        sources.read(as_json({"s3_uri": uri}))


def test_a_missing_object_is_not_found(sources):
    with pytest.raises(ImageNotFound):
        sources.read(as_json({"s3_uri": f"s3://{UPLOADS}/uploads/none"}))


def test_an_object_over_the_limit_is_refused(sources, s3):
    s3.put_object(Bucket=UPLOADS, Key="uploads/a", Body=JPEG.ljust(MAX_BYTES + 1))
    with pytest.raises(ImageTooLarge):
        sources.read(as_json({"s3_uri": f"s3://{UPLOADS}/uploads/a"}))


def test_an_object_of_exactly_the_limit_is_taken(sources, s3):
    content = JPEG.ljust(MAX_BYTES)
    s3.put_object(Bucket=UPLOADS, Key="uploads/a", Body=content)
    assert sources.read(as_json({"s3_uri": f"s3://{UPLOADS}/uploads/a"})).content == content


def test_s3_out_of_reach_is_worth_another_try(environment):
    refused = boto3.client(
        "s3",
        endpoint_url="http://127.0.0.1:1",
        config=Config(retries={"total_max_attempts": 1}),
    )
    sources = ImageSource(ImageBucket(lambda: refused, UPLOADS, (), MAX_BYTES))
    with pytest.raises(UpstreamUnavailable):
        sources.read(as_json({"s3_uri": f"s3://{UPLOADS}/uploads/a"}))


@pytest.mark.parametrize("body", ["{", "[]", "null", '"x"', "{}x", '{"image":"\ud800"}', "\udcff"])
def test_what_is_no_json_object_is_invalid_json(sources, body):
    with pytest.raises(InvalidJson):
        sources.read(as_json(body))


@pytest.mark.parametrize("levels", [101, 800, 100_000])
def test_a_json_body_nested_more_than_a_hundred_levels_deep_is_invalid(sources, levels):
    body = f'{{"image": {"[" * (levels - 1)}{"]" * (levels - 1)}}}'
    with pytest.raises(InvalidJson, match=r"^The body is nested more than 100 levels deep"):
        sources.read(as_json(body))


@pytest.mark.parametrize(
    ("body", "code", "source"),
    [
        ({}, "invalid_parameter", "image"),
        ({"image": None}, "invalid_parameter", "image"),
        ({"image": 1}, "invalid_parameter", "image"),
        ({"image": json.loads("[" * 99 + "]" * 99)}, "invalid_parameter", "image"),
        ({"image": BASE64, "s3_uri": "s3://bucket/key"}, "invalid_parameter", "image"),
        ({"s3_uri": "bucket/key"}, "invalid_parameter", "s3_uri"),
        ({"s3_uri": "s3://bucket/"}, "invalid_parameter", "s3_uri"),
        ({"s3_uri": "s3://UPPER/key"}, "invalid_parameter", "s3_uri"),
        ({"image": BASE64, "colour": "red"}, "unknown_parameter", "colour"),
    ],
)
def test_a_json_body_that_breaks_the_contract_names_the_member(sources, body, code, source):
    with pytest.raises(InvalidParameters) as caught:
        sources.read(as_json(body))
    (problem,) = caught.value.problems
    assert (problem.code, problem.source) == (code, source)


@pytest.mark.parametrize(
    "text", ["@@@@", "abcde", BASE64[:-1], "é", "data:image/jpeg,abc", "data:image/jpeg;base64,a"]
)
def test_text_that_is_no_base64_is_refused(sources, text):
    with pytest.raises(InvalidBase64):
        sources.read(as_json({"image": text}))


def form_field(value):
    """As a page sends what canvas.toDataURL() gave it."""
    disposition = b'Content-Disposition: form-data; name="image"'
    content = b"--b\r\n%b\r\n\r\n%b\r\n--b--\r\n" % (disposition, value)
    return raw(content, "multipart/form-data; boundary=b")


@pytest.mark.parametrize("sent", [form_field, raw, lambda value: raw(value, "text/plain")])
@pytest.mark.parametrize(
    "value",
    [
        BASE64.encode(),
        base64.encodebytes(JPEG),
        base64.urlsafe_b64encode(JPEG).rstrip(b"="),
        b"data:image/jpeg;base64," + BASE64.encode(),
        b"\n DATA:,x",
    ],
)
def test_an_image_in_text_that_is_not_in_json_is_named(sources, sent, value):
    with pytest.raises(UnsupportedMediaType) as refused:
        sources.read(sent(value))
    assert refused.value.public_message == (
        "The image is written as text (base64 or a data: URI): send it as the member image of JSON "
        "with Content-Type: application/json, or send its bytes, in a form as a file."
    )


@pytest.mark.parametrize("value", [b"hello", b"aGVsbG8=", b"\xff\xfe", b"data", b"="])
def test_other_text_in_a_form_is_not_called_an_image(sources, value):
    with pytest.raises(UnsupportedMediaType) as refused:
        sources.read(form_field(value))
    assert "written as text" not in refused.value.public_message


@pytest.mark.parametrize("body", [raw(b""), as_json(""), as_json({"image": ""})])
def test_no_image_at_all_is_empty(sources, body):
    with pytest.raises(EmptyImage):
        sources.read(body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            RequestBody("hello", False, "text/plain; charset=UTF-8"),
            "The body is text/plain, which may be changed on its way: send the image's bytes as "
            "image/* or application/octet-stream, or JSON with Content-Type: application/json.",
        ),
        (
            RequestBody("\ufffd\ufffdJFIF", False, "text/html"),
            "The body is text/html, which may be changed on its way: send the image's bytes as "
            "image/* or application/octet-stream, or JSON with Content-Type: application/json.",
        ),
        (
            raw(b"us=a&image=b", "application/x-www-form-urlencoded"),
            "The body is a URL-encoded form: send the image's bytes as image/* or "
            "application/octet-stream, or a form as multipart/form-data.",
        ),
        (
            raw(b"--b", "Multipart/Mixed; boundary=b"),
            "The body is multipart/mixed: send a form as multipart/form-data.",
        ),
        *(
            (
                raw(content, content_type),
                "The body looks like JSON: send it with Content-Type: application/json.",
            )
            for content, content_type in (
                (b'{"image": "a"}', "text/plain"),
                (b'\xef\xbb\xbf \n{"image": "a"}', "application/x-www-form-urlencoded"),
                (b"{", ""),
            )
        ),
        *(
            (
                raw(gzip.compress(JPEG), content_type),
                "The body is compressed (gzip): send the image as it is.",
            )
            for content_type in ("image/jpeg", "text/plain", "")
        ),
        (
            raw(b"hello", "application/octet-stream"),
            "The image is none of JPEG, PNG, WebP, GIF, HEIC, AVIF, TIFF and BMP. Send the image's "
            "bytes, or JSON with Content-Type: application/json.",
        ),
    ],
)
def test_what_is_no_image_is_refused_with_what_to_send_instead(sources, body, message):
    with pytest.raises(UnsupportedMediaType) as refused:
        sources.read(body)
    assert refused.value.public_message == message


@pytest.mark.parametrize("as_type", ["", "application/json", "multipart/form-data"])
def test_a_compressed_body_is_refused_before_it_is_read(sources, as_type):
    with pytest.raises(UnsupportedContentCoding):
        sources.read(replace(raw(b"{", as_type), content_encoding="gzip"))


def form(*parts, content_type="multipart/form-data; boundary=XX"):
    body = b"".join(
        b"--XX\r\nContent-Disposition: form-data; " + disposition + b"\r\n\r\n" + content + b"\r\n"
        for disposition, content in parts
    )
    return raw(body + b"--XX--\r\n", content_type)


FILE = (b'name="any"; filename="a.jpg"', JPEG)


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data; boundary=XX", 'Multipart/Form-Data; charset=utf-8; boundary="XX"'],
)
def test_the_one_file_of_a_form_is_the_image(sources, content_type):
    assert sources.read(form(FILE, content_type=content_type)) == IMAGE


def test_a_large_file_of_a_form_is_the_image(sources):
    large = JPEG.ljust(MAX_INLINE_BYTES)
    assert sources.read(form((FILE[0], large))).content == large


@pytest.mark.parametrize(
    "body",
    [
        form(),
        form(FILE, FILE),
        form(FILE, content_type="multipart/form-data"),
        form(FILE, content_type="multipart/form-data; boundary=YY"),
        raw(b"no form", "multipart/form-data; boundary=XX"),
        raw(b"--XX\r\n" + JPEG, "multipart/form-data; boundary=XX"),
        raw(b"--XX\r\n\r\n--XX--\r\n", "multipart/form-data; boundary=XX"),
    ],
)
def test_a_form_without_exactly_one_file_is_refused(sources, body):
    with pytest.raises(InvalidMultipart):
        sources.read(body)


def test_an_empty_file_in_a_form_is_empty(sources):
    with pytest.raises(EmptyImage):
        sources.read(form((FILE[0], b"")))


@pytest.mark.parametrize("name", [b"", "é".encode(), b"\xff"])
def test_a_files_name_does_not_matter(sources, name):
    disposition = b'name="a"; filename="' + (name or b"x") + b'"'
    assert sources.read(form((disposition, JPEG))) == IMAGE


def test_bytes_under_anothers_digest_are_corrupt(sources, s3):
    s3.put_object(Bucket=UPLOADS, Key="uploads/" + "a" * 64, Body=JPEG)
    with pytest.raises(CorruptImage):
        sources.read(as_json({"s3_uri": f"s3://{UPLOADS}/uploads/{'a' * 64}"}))


@pytest.mark.parametrize("wrap", [raw, lambda c: as_json({"image": base64.b64encode(c).decode()})])
def test_an_inline_image_has_a_limit_of_its_own(sources, wrap):
    with pytest.raises(ImageTooLarge, match=f"at most {MAX_INLINE_BYTES} .*POST /v2/uploads"):
        sources.read(wrap(JPEG.ljust(MAX_INLINE_BYTES + 1)))
