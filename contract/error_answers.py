"""Every error that a route can answer with, each as the code itself words it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from typing import NoReturn

from pydantic import BaseModel, ConfigDict

from api.image_source import MAX_INLINE_BYTES, ImageSource
from api.request_body import RequestBody, parse_json
from api.routes import MAX_UPLOAD_REQUEST_BYTES
from image_search import errors
from image_search.images.image import read_image
from image_search.images.sha256 import checksum, sha256_of
from image_search.limits.caller_quota import MINUTE
from image_search.limits.counters import DAY
from image_search.parameters.search_parameters import SearchParameters
from image_search.rate_limit import Quota, RateLimit
from image_search.settings import MAX_IMAGE_BYTES, PRIVILEGED_FMT_OPTIONS, Settings
from image_search.uploads.bucket import FORM_SECONDS, UPLOADS_PREFIX, ImageBucket, UploadForm
from image_search.uploads.upload_form import UploadRequest

_IMAGE = b"\xff\xd8\xff"
SHA256 = sha256_of(_IMAGE)
FORM = UploadForm(
    url="https://uploads-bucket.s3.eu-west-1.amazonaws.com/",
    fields={
        "key": f"{UPLOADS_PREFIX}{SHA256}",
        "Content-Type": "image/jpeg",
        "x-amz-checksum-algorithm": "SHA256",
        "x-amz-checksum-sha256": checksum(SHA256),
        "x-amz-meta-ticket": "3f8b0c5e9d7a4e21b6c4d2f10a9e8b77",
        "policy": "eyJleHBpcmF0aW9uIjog…",
        "x-amz-signature": "5f4dcc3b…",
    },
    expires_in=FORM_SECONDS,
)

# Of what is no operation.
UNROUTED = frozenset({errors.RouteNotFound, errors.MethodNotAllowed})

_PER_MINUTE = Quota("minute", Settings.model_fields["searches_per_minute"].default, MINUTE)
_PER_DAY = Quota("day", Settings.model_fields["searches_per_day"].default, DAY)
RATE_LIMIT = RateLimit((_PER_MINUTE, _PER_DAY), _PER_MINUTE, remaining=0, reset=21)


class ProblemBody(BaseModel):
    """One thing that is wrong. `code` is stable; `source` names the parameter or member."""

    model_config = ConfigDict(extra="allow")

    code: str
    message: str
    source: str = ""


class ErrorBody(BaseModel):
    """An error; `trace_id` finds it in the operator's log."""

    model_config = ConfigDict(extra="allow")

    message: str
    errors: list[ProblemBody] = []
    trace_id: str


def every() -> frozenset[type[errors.ImageSearchError]]:
    """The leaves of the error tree."""
    return frozenset(_leaves(errors.ImageSearchError))


def of_search_by_image() -> Iterator[errors.ImageSearchError]:
    yield from _bad_queries()
    yield from (_raised(_sources().read, body) for body in _bad_bodies())
    yield errors.ImageNotFound(source="s3_uri")
    yield from _defaults(every() - {*UNROUTED, errors.BodyTooLarge})


def of_search_by_hash() -> Iterator[errors.ImageSearchError]:
    yield from _bad_queries()
    yield errors.ImageNotFound.with_form(FORM.to_json())
    for uploaded in (b"text", _IMAGE.ljust(MAX_IMAGE_BYTES + 1)):
        yield _raised(read_image, uploaded, MAX_IMAGE_BYTES)
    yield from _defaults(
        every()
        - {
            *UNROUTED,
            errors.InvalidJson,
            errors.InvalidBase64,
            errors.InvalidMultipart,
            errors.UnsupportedContentCoding,
            errors.EmptyImage,
            errors.S3UriNotAllowed,
            errors.BodyTooLarge,
        }
    )


def of_create_upload() -> Iterator[errors.ImageSearchError]:
    yield from _bad_queries()
    good = {"sha256": SHA256, "content_type": "image/jpeg", "size": 1}
    for bad in ({**good, "name": "photo.jpg"}, {**good, "size": 0}):
        yield _raised(parse_json, UploadRequest, json.dumps(bad).encode())
    large = UploadRequest(sha256=SHA256, content_type="image/jpeg", size=MAX_IMAGE_BYTES + 1)
    yield _raised(large.refuse_if_larger, MAX_IMAGE_BYTES)
    body = RequestBody("x" * (MAX_UPLOAD_REQUEST_BYTES + 1), False, "application/json")
    yield _raised(body.check_size, MAX_UPLOAD_REQUEST_BYTES)
    unavailable = errors.UpstreamUnavailable("S3 is unavailable for now.")
    limited = errors.RateLimited(RATE_LIMIT)
    unauthorized = errors.Unauthorized()
    yield from (errors.InvalidJson(), unauthorized, limited, unavailable, errors.InternalError())
    yield errors.UnsupportedContentCoding()
    # As an upload of the same image met it some minutes ago.
    yield from (errors.UnsupportedMediaType(), errors.CorruptImage())
    yield errors.ImageDimensionsExceeded()


def of_any_route() -> Iterator[errors.ImageSearchError]:
    yield errors.InternalError()


def _leaves(kind: type[errors.ImageSearchError]) -> Iterator[type[errors.ImageSearchError]]:
    for child in kind.__subclasses__():
        if child.__module__ != errors.__name__:
            continue
        if "code" in vars(child):
            yield child
        yield from _leaves(child)


def _defaults(kinds: Iterable[type[errors.ImageSearchError]]) -> Iterator[errors.ImageSearchError]:
    """The errors that need no occasion to be worded."""
    for kind in sorted(kinds, key=lambda kind: kind.code):
        if kind is errors.UpstreamRejectedRequest:
            yield errors.UpstreamRejectedRequest({})
        elif kind is errors.RateLimited:
            yield errors.RateLimited(RATE_LIMIT)
        elif kind not in (errors.InvalidParameters, errors.ImageNotFound):
            yield kind()


def _bad_queries() -> Iterator[errors.ImageSearchError]:
    privileged = f"fmt_options[{min(PRIVILEGED_FMT_OPTIONS)}]=price"
    for raw_query in ("colour=red", "use_segmentation=yes", privileged):
        yield _raised(SearchParameters.parse, raw_query)


def _bad_bodies() -> Iterator[RequestBody]:
    for text in ("{", '{"image": "?"}', '{"s3_uri": "s3://another-bucket/photo.jpg"}'):
        yield RequestBody(text, is_base64=False, content_type="application/json")
    yield RequestBody("--", is_base64=False, content_type="multipart/form-data; boundary=b")
    for content in (b"", b"text", _IMAGE + bytes(MAX_INLINE_BYTES)):
        encoded = base64.b64encode(content).decode()
        yield RequestBody(encoded, is_base64=True, content_type="image/jpeg")


def _sources() -> ImageSource:
    return ImageSource(_store())


def _store() -> ImageBucket:
    def no_s3() -> NoReturn:
        raise AssertionError("these are refused before S3 is asked")

    return ImageBucket(no_s3, "uploads-bucket", (), MAX_IMAGE_BYTES)


def _raised(refuse: Callable[..., object], *bad: object) -> errors.ImageSearchError:
    try:
        refuse(*bad)
    except errors.ImageSearchError as error:
        return error
    raise AssertionError("nothing was refused")
