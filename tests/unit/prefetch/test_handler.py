"""An upload's event through the handler: moto behind it, upstream at the wire."""

import hashlib
import json
from functools import cached_property

import boto3
import httpx
import pytest

from prefetch.composition import build
from prefetch.handler import PrefetchFailed
from prefetch.settings import PrefetchSettings
from wire import ANSWER, INDEX_KEY, JPEG, TOKEN, UPLOADS, Context

SHA256 = hashlib.sha256(JPEG).hexdigest()
PATH = f"/v2/image_search/{SHA256}"


class Uploads:
    """Puts objects into the bucket and tells a prefetch of them, as S3 would."""

    def __init__(self, build_handler, capsys):
        self._s3 = boto3.client("s3")
        self._build_handler = build_handler
        self._capsys = capsys

    @cached_property
    def _handler(self):
        # In the test itself: what a fixture writes to is closed by then.
        return self._build_handler()

    def put(self, search="?", content=JPEG, sha256=SHA256, bucket=UPLOADS):
        metadata = {} if search is None else {"query": search}
        key = f"uploads/{sha256}"
        self._s3.put_object(Bucket=bucket, Key=key, Body=content, Metadata=metadata)
        return self.tell(sha256, bucket)

    def tell(self, sha256=SHA256, bucket=UPLOADS, remaining_seconds=30):
        """The log's lines."""
        about = {"bucket": {"name": bucket}, "object": {"key": f"uploads/{sha256}"}}
        self._handler({"Records": [{"s3": about}]}, Context(remaining_seconds))
        return self.lines()

    def lines(self):
        return [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]

    @property
    def kept(self):
        found = self._s3.list_objects_v2(Bucket=UPLOADS)
        return [each["Key"] for each in found.get("Contents", ())]


@pytest.fixture
def build_uploads(aws, environment, upstream, capsys):
    def build_one(**overrides):
        environment.pop("UPLOADS_BUCKET", None)
        settings = PrefetchSettings.from_environment({**environment, **overrides})
        return Uploads(lambda: build(settings, httpx.MockTransport(upstream)), capsys)

    return build_one


@pytest.fixture
def uploads(build_uploads):
    return build_uploads()


def said(lines):
    return [(line["message"], line.get("result"), line.get("error")) for line in lines]


def test_the_answer_of_an_upload_is_there_when_the_phone_asks(proxy, uploads, upstream):
    uploads.put("?us=web&section=Shoes")
    reply = proxy.get(PATH, query="section=Shoes&us=web&i=me")
    assert (reply.json, "hit" in reply.cache_status) == (ANSWER, True)
    assert len(upstream.requests) == 1


def test_what_happened_is_one_line(uploads):
    assert said(uploads.put()) == [("prefetch", "searched", None)]


def test_no_end_user_is_made_up(uploads, upstream):
    uploads.put()
    headers = upstream.requests[0].headers
    assert {"x-forwarded-for", "user-agent"} & set(headers) == set()


def test_the_proxys_own_form_starts_the_search(proxy, uploads, upstream):
    form = proxy.get(PATH, query="us=b&us=a&i=me").json["upload"]
    uploads.put(form["fields"]["x-amz-meta-query"])
    assert upstream.query[2:] == [("us", "a"), ("us", "b")]


def test_an_answer_that_is_there_is_not_asked_for_again(uploads, upstream):
    uploads.put()
    assert (said(uploads.tell()), len(upstream.requests)) == ([("prefetch", "cached", None)], 1)


def test_an_upload_for_no_search_starts_none(uploads, upstream):
    lines = uploads.put(search=None)
    assert (said(lines), upstream.requests) == ([("prefetch", "no-search", None)], [])
    assert uploads.kept == [f"uploads/{SHA256}"]


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "empty_image"),
        (b"%PDF-1.7", "unsupported_media_type"),
        (b"\xff\xd8\xff", "corrupt_image"),
        (JPEG, "image_dimensions_exceeded"),
        (JPEG + bytes(1000), "image_too_large"),
    ],
)
def test_what_no_search_can_use_is_deleted(build_uploads, upstream, content, error):
    uploads = build_uploads(MAX_IMAGE_PIXELS="100", MAX_IMAGE_BYTES="1500")
    lines = uploads.put("?", content, hashlib.sha256(content).hexdigest())
    assert (said(lines), uploads.kept) == ([("prefetch", "deleted", error)], [])
    assert upstream.requests == []


@pytest.mark.parametrize("search", [None, "?"])
def test_what_its_name_does_not_name_is_deleted(uploads, upstream, search):
    lines = uploads.put(search, JPEG + b"x")
    assert (said(lines), uploads.kept) == ([("prefetch", "deleted", "corrupt_image")], [])
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("search", "error"),
    [("us=a", "invalid_parameter"), ("?s=0", "invalid_parameter"), ("", "invalid_parameter")],
)
def test_a_search_that_no_form_says_is_not_started(uploads, upstream, search, error):
    lines = uploads.put(search)
    assert (said(lines), upstream.requests) == ([("prefetch", "refused", error)], [])
    assert uploads.kept == [f"uploads/{SHA256}"]


def test_a_search_that_upstream_refuses_is_not_tried_again(uploads, upstream):
    upstream.answers(400, json={"message": "no"})
    lines = uploads.put()
    assert said(lines) == [("prefetch", "refused", "upstream_rejected_request")]
    assert uploads.kept == [f"uploads/{SHA256}"]


def test_an_upload_that_is_gone_again_is_no_error(uploads, upstream):
    assert said(uploads.tell()) == [("prefetch", "refused", "image_not_found")]
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, "upstream_error"),
        (429, "upstream_unavailable"),
        (401, "upstream_rejected_credentials"),
    ],
)
def test_a_search_that_failed_is_worth_another_try(uploads, upstream, status, code):
    upstream.answers(status)
    with pytest.raises(PrefetchFailed) as caught:
        uploads.put()
    assert (str(caught.value), caught.value.__suppress_context__) == (code, True)
    assert said(uploads.lines()) == [("prefetch", "failed", code)]


def test_another_try_makes_up_for_it(uploads, upstream):
    upstream.answers(500)
    with pytest.raises(PrefetchFailed):
        uploads.put()
    upstream.answers(200, json=ANSWER)
    assert said(uploads.tell())[-1] == ("prefetch", "searched", None)


def test_time_that_has_run_out_is_worth_another_try(uploads):
    boto3.client("s3").put_object(
        Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG, Metadata={"query": "?"}
    )
    with pytest.raises(PrefetchFailed, match="upstream_timeout"):
        uploads.tell(remaining_seconds=1)


def test_what_nobody_thought_of_is_worth_another_try_and_says_no_secret(uploads, upstream):
    upstream.raises(RuntimeError(f"{INDEX_KEY} {TOKEN}"))
    with pytest.raises(PrefetchFailed, match="internal_error"):
        uploads.put()
    (line,) = uploads.lines()
    assert (line["message"], INDEX_KEY in str(line), TOKEN in str(line)) == (
        "unexpected error",
        False,
        False,
    )


@pytest.mark.parametrize("scope", ["user", "off"])
def test_nothing_is_done_where_answers_are_not_shared(build_uploads, upstream, scope):
    uploads = build_uploads(CACHE_SCOPE=scope)
    assert (uploads.put(), upstream.requests) == ([], [])
