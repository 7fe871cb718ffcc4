"""An example of an error says what the code says to the request that it is an example of."""

import hashlib
import json

import pytest

from api.image_source import MAX_INLINE_BYTES
from api.routes import MAX_UPLOAD_REQUEST_BYTES
from contract.document import build
from image_search.settings import MAX_IMAGE_BYTES
from wire import JPEG, UPLOADS

DOCUMENT = build()
SEARCH = "post /v2/image_search"
BY_HASH = "get /v2/image_search/{sha256}"
UPLOAD = "post /v2/uploads"
SHA256 = hashlib.sha256(JPEG).hexdigest()
PATH = f"/v2/image_search/{SHA256}"
GOOD = {"sha256": SHA256, "content_type": "image/jpeg", "size": 1}


def uploads(proxy, body):
    return proxy.post(
        json.dumps(body).encode(),
        headers={"content-type": "application/json"},
        path="/v2/uploads",
    )


def as_form(proxy, body):
    return proxy.post(body, headers={"content-type": "multipart/form-data; boundary=b"})


REQUESTS = [
    (SEARCH, "unknown_parameter", lambda proxy: proxy.post(query="colour=red")),
    (SEARCH, "invalid_parameter", lambda proxy: proxy.post(query="use_segmentation=yes")),
    (
        SEARCH,
        "parameter_not_allowed",
        lambda proxy: proxy.post(query="fmt_options[hidden_facets]=price"),
    ),
    (SEARCH, "invalid_json", lambda proxy: proxy.post_json("{")),
    (SEARCH, "invalid_base64", lambda proxy: proxy.post_json({"image": "?"})),
    (SEARCH, "invalid_multipart", lambda proxy: as_form(proxy, b"--")),
    (SEARCH, "empty_image", lambda proxy: proxy.post(b"")),
    (
        SEARCH,
        "s3_uri_not_allowed",
        lambda proxy: proxy.post_json({"s3_uri": "s3://foreign-bucket/photo.jpg"}),
    ),
    (
        SEARCH,
        "image_not_found",
        lambda proxy: proxy.post_json({"s3_uri": f"s3://{UPLOADS}/uploads/none"}),
    ),
    (SEARCH, "unsupported_media_type", lambda proxy: proxy.post(b"text")),
    (
        SEARCH,
        "image_too_large",
        lambda proxy: proxy.post(JPEG[:3].ljust(MAX_INLINE_BYTES + 3, b"\0")),
    ),
    (
        SEARCH,
        "not_cached",
        lambda proxy: proxy.post(headers={"cache-control": "only-if-cached"}),
    ),
    (BY_HASH, "image_not_found", lambda proxy: proxy.get(PATH)),
    (
        BY_HASH,
        "not_cached",
        lambda proxy: proxy.get(PATH, headers={"cache-control": "only-if-cached"}),
    ),
    (
        UPLOAD,
        "image_too_large",
        lambda proxy: uploads(proxy, {**GOOD, "size": MAX_IMAGE_BYTES + 1}),
    ),
    (
        UPLOAD,
        "body_too_large",
        lambda proxy: proxy.post(b"x" * (MAX_UPLOAD_REQUEST_BYTES + 1), path="/v2/uploads"),
    ),
]


@pytest.mark.parametrize(
    ("operation", "code", "send"), REQUESTS, ids=[f"{to} {code}" for to, code, _ in REQUESTS]
)
def test_an_example_says_what_the_code_says(proxy, operation, code, send):
    reply = send(proxy)
    assert words(reply.json) == words(example(operation, reply.status, code))


def example(operation, status, code):
    method, _, path = operation.partition(" ")
    answer = DOCUMENT["paths"][path][method]["responses"][str(status)]
    return answer["content"]["application/json"]["examples"][code]["value"]


def words(body):
    """All but what differs from request to request."""
    return {name: body[name] for name in ("message", "errors")}
