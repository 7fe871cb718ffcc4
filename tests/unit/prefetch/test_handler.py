"""An upload's event through the handler: moto behind it, upstream at the wire."""

import hashlib
import json
from functools import cached_property

import boto3
import httpx
import pytest

from image_search.uploads.outcomes import OUTCOME_SECONDS
from metering.meter import Throttling
from pictures import save, scene
from prefetch.composition import build
from prefetch.handler import PrefetchFailed
from prefetch.settings import PrefetchSettings
from wire import ANSWER, INDEX_KEY, JPEG, TABLE, TOKEN, UPLOADS, Context

SHA256 = hashlib.sha256(JPEG).hexdigest()
PATH = f"/v2/image_search/{SHA256}"
UNKNOWN_TICKET = "0" * 32
SEARCHED = ("prefetch", "searched", None, None)
USED = ("prefetch", "no-search", None, "ticket-used-or-unknown")


class Uploads:
    """Gets forms from the proxy, puts objects into the bucket as S3 would by a form, and tells a
    prefetch of them."""

    def __init__(self, build_proxy, build_handler, capsys):
        self._s3 = boto3.client("s3")
        self._build_proxy = build_proxy
        self._build_handler = build_handler
        self._capsys = capsys

    # These two in the test itself: what a fixture writes to is closed by then.

    @cached_property
    def proxy(self):
        return self._build_proxy(REFRESH_FUNCTION="prefetch")

    @cached_property
    def _handler(self):
        return self._build_handler()

    def ticket(self, query="", sha256=SHA256):
        """That of a new form."""
        form = self.proxy.get(f"/v2/image_search/{sha256}", query=query).json["upload"]
        return form["fields"].get("x-amz-meta-ticket")

    def ask_for_a_form(self, content=JPEG, sha256=SHA256):
        body = {"sha256": sha256, "content_type": "image/jpeg", "size": len(content)}
        return self.proxy.post(
            json.dumps(body).encode(),
            headers={"content-type": "application/json"},
            path="/v2/uploads",
        )

    def put(self, query="", content=JPEG, sha256=SHA256):
        """Posts a new form; the log's lines."""
        return self.post(self.ticket(query, sha256), content, sha256)

    def post(self, ticket, content=JPEG, sha256=SHA256):
        self.store(ticket, content, sha256)
        return self.tell(sha256)

    def store(self, ticket, content=JPEG, sha256=SHA256):
        metadata = {} if ticket is None else {"ticket": ticket}
        key = f"uploads/{sha256}"
        self._s3.put_object(Bucket=UPLOADS, Key=key, Body=content, Metadata=metadata)

    def tell(self, sha256=SHA256, remaining_seconds=30):
        """The log's lines."""
        about = {"bucket": {"name": UPLOADS}, "object": {"key": f"uploads/{sha256}"}}
        self._handler({"Records": [{"s3": about}]}, Context(remaining_seconds))
        return self.lines()

    def lines(self):
        """Without the API's own."""
        lines = [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]
        return [line for line in lines if line["message"] != "request"]

    @property
    def kept(self):
        found = self._s3.list_objects_v2(Bucket=UPLOADS)
        return [each["Key"] for each in found.get("Contents", ())]


@pytest.fixture
def build_uploads(build_proxy, environment, upstream, capsys):
    def build_one(**overrides):
        without_bucket = {n: v for n, v in environment.items() if n != "UPLOADS_BUCKET"}
        settings = PrefetchSettings.from_environment({**without_bucket, **overrides})
        return Uploads(build_proxy, lambda: build(settings, httpx.MockTransport(upstream)), capsys)

    return build_one


@pytest.fixture
def uploads(build_uploads):
    return build_uploads()


def said(lines):
    return [
        (line["message"], line.get("result"), line.get("error"), line.get("detail") or None)
        for line in lines
    ]


def items():
    return boto3.client("dynamodb").scan(TableName=TABLE)["Items"]


def tickets():
    """As they lie in the table."""
    return [item for item in items() if item["pk"]["S"].startswith("ticket#")]


def expire_tickets():
    """DynamoDB deletes what has expired hours late."""
    for item in tickets():
        expired = {**item, "expires_at": {"N": str(int(item["expires_at"]["N"]) - 600)}}
        boto3.client("dynamodb").put_item(TableName=TABLE, Item=expired)


def test_the_answer_of_an_upload_is_there_when_the_phone_asks(uploads, upstream):
    uploads.put("us=web&section=Shoes")
    reply = uploads.proxy.get(PATH, query="section=Shoes&us=web&i=me")
    assert (reply.json, "hit" in reply.cache_status) == (ANSWER, True)
    assert len(upstream.requests) == 1


def test_what_happened_is_one_line(uploads):
    assert said(uploads.put()) == [SEARCHED]


def test_the_end_user_who_got_the_form_is_named_to_upstream(uploads, upstream):
    uploads.put()
    (search,) = upstream.requests
    names = ("x-forwarded-for", "user-agent")
    assert [search.headers[name] for name in names] == ["203.0.113.9", "Shop/7.1 (iPhone)"]


def test_the_search_is_the_one_that_the_form_was_asked_for(uploads, upstream):
    uploads.put("us=b&us=a&i=me")
    assert upstream.query[2:] == [("us", "a"), ("us", "b")]


def test_one_form_buys_one_search_however_often_it_is_posted(uploads, upstream):
    ticket = uploads.ticket()
    lines = [said(uploads.post(ticket)) for _ in range(10)]
    assert (lines, len(upstream.requests)) == ([[SEARCHED], *[[USED]] * 9], 1)


def test_one_event_delivered_twice_starts_one_search(uploads, upstream):
    uploads.put()
    assert (said(uploads.tell()), len(upstream.requests)) == ([USED], 1)


def test_two_forms_for_one_image_start_two_searches(uploads, upstream):
    both = [uploads.ticket("us=web"), uploads.ticket("us=ios")]
    lines = [line for ticket in both for line in uploads.post(ticket)]
    assert (said(lines), len(upstream.requests)) == ([SEARCHED, SEARCHED], 2)


def test_a_ticket_that_was_taken_leaves_no_end_user_in_the_table(uploads):
    ticket = uploads.ticket()
    before = tickets()
    uploads.post(ticket)
    assert (len(before), tickets()) == (1, [])


def test_an_expired_ticket_that_is_not_yet_deleted_starts_no_search(uploads, upstream):
    ticket = uploads.ticket()
    expire_tickets()
    lines = uploads.post(ticket)
    assert said(lines) == [("prefetch", "no-search", None, "ticket-expired")]
    assert (upstream.requests, uploads.kept) == ([], [f"uploads/{SHA256}"])


def test_the_ticket_of_another_image_starts_no_search_and_is_not_used_up(uploads, upstream):
    other = JPEG + b" "
    sha256 = hashlib.sha256(other).hexdigest()
    ticket = uploads.ticket()
    lines = uploads.post(ticket, other, sha256) + uploads.post(ticket)
    wrong = ("prefetch", "no-search", None, "ticket-of-another-image")
    assert (said(lines), len(upstream.requests)) == ([wrong, SEARCHED], 1)


@pytest.mark.parametrize(
    ("ticket", "detail"),
    [
        (None, "no-ticket"),
        (UNKNOWN_TICKET, "ticket-used-or-unknown"),
        ("?us=web", "ticket-used-or-unknown"),
        ("", "ticket-used-or-unknown"),
    ],
)
def test_an_upload_without_a_known_ticket_starts_no_search(uploads, upstream, ticket, detail):
    lines = uploads.post(ticket)
    assert said(lines) == [("prefetch", "no-search", None, detail)]
    assert (upstream.requests, uploads.kept) == ([], [f"uploads/{SHA256}"])


def test_an_answer_that_is_there_is_not_asked_for_again(uploads, upstream):
    ticket = uploads.ticket()
    uploads.proxy.post()
    lines = uploads.post(ticket)
    assert (said(lines), len(upstream.requests)) == ([("prefetch", "cached", None, None)], 1)


def test_a_search_that_another_makes_is_not_waited_for(uploads, upstream):
    ticket = uploads.ticket()
    lines = []

    def upload_meanwhile(_):
        lines.extend(uploads.post(ticket))
        return httpx.Response(200, json=ANSWER)

    upstream.answer = upload_meanwhile
    uploads.proxy.post()
    assert (said(lines), len(upstream.requests)) == ([("prefetch", "not-leased", None, None)], 1)


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
    lines = uploads.put("", content, hashlib.sha256(content).hexdigest())
    assert [line[:3] for line in said(lines)] == [("prefetch", "deleted", error)]
    assert (uploads.kept, upstream.requests) == ([], [])


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"%PDF-1.7", 415, "unsupported_media_type"),
        (b"\xff\xd8\xff", 422, "corrupt_image"),
        (JPEG, 422, "image_dimensions_exceeded"),
    ],
)
def test_the_next_requests_are_answered_with_what_is_wrong_and_get_no_form(
    build_uploads, content, status, code
):
    uploads = build_uploads(MAX_IMAGE_PIXELS="100")
    sha256 = hashlib.sha256(content).hexdigest()
    uploads.put("us=web", content, sha256)
    before = tickets()
    replies = [
        uploads.proxy.get(f"/v2/image_search/{sha256}", query="us=web"),
        uploads.proxy.get(f"/v2/image_search/{sha256}", query="us=ios"),
        uploads.ask_for_a_form(content, sha256),
    ]
    assert [(reply.status, reply.code) for reply in replies] == [(status, code)] * 3
    assert tickets() == before


def test_after_minutes_there_is_a_form_again(build_uploads):
    uploads = build_uploads(MAX_IMAGE_PIXELS="100")
    uploads.put()
    (outcome,) = [item for item in items() if item["pk"]["S"].endswith(".upload")]
    earlier = {"N": str(int(outcome["expires_at"]["N"]) - OUTCOME_SECONDS)}
    boto3.client("dynamodb").put_item(TableName=TABLE, Item={**outcome, "expires_at": earlier})
    assert [uploads.proxy.get(PATH).status, uploads.ask_for_a_form().status] == [404, 200]


def test_other_bytes_under_its_name_say_nothing_of_an_image(uploads):
    uploads.post(None, JPEG + b"x")
    assert uploads.proxy.get(PATH).status == 404


def test_an_unusable_upload_is_answered_with_the_image_sent_along_as_well(uploads):
    """What came of the upload is not looked at where there is an image."""
    content = b"\xff\xd8\xff"
    uploads.put("", content, hashlib.sha256(content).hexdigest())
    assert uploads.proxy.post(JPEG).status == 200


@pytest.mark.parametrize("ticket", [None, UNKNOWN_TICKET])
def test_what_its_name_does_not_name_is_deleted(uploads, upstream, ticket):
    lines = uploads.post(ticket, JPEG + b"x")
    assert said(lines) == [("prefetch", "deleted", "corrupt_image", None)]
    assert (uploads.kept, upstream.requests) == ([], [])


SOUND = save(scene(), "JPEG")
SOUND_SHA256 = hashlib.sha256(SOUND).hexdigest()


@pytest.mark.parametrize(
    ("status", "code", "detail"),
    [
        (400, "upstream_rejected_request", None),
        (422, "corrupt_image", "upstream answered 422"),
    ],
)
def test_a_search_that_upstream_refuses_is_not_tried_again(uploads, upstream, status, code, detail):
    upstream.answers(status, json={"message": "no"})
    lines = uploads.put("", SOUND, SOUND_SHA256)
    assert said(lines) == [("prefetch", "refused", code, detail)]
    assert (uploads.kept, len(upstream.requests)) == ([f"uploads/{SOUND_SHA256}"], 1)


@pytest.mark.parametrize(
    ("status", "content", "code"),
    [
        (400, JPEG, "corrupt_image"),  # whole by its structure alone
        (422, JPEG, "corrupt_image"),
        (413, SOUND, "image_too_large"),
        (415, SOUND, "unsupported_media_type"),
    ],
)
def test_an_image_that_upstream_cannot_use_is_an_unusable_upload(
    uploads, upstream, status, content, code
):
    """It is deleted, and the next request learns why instead of being offered a form."""
    sha256 = hashlib.sha256(content).hexdigest()
    upstream.answers(status, json={"message": "no"})
    (line,) = uploads.put("", content, sha256)
    answer = uploads.proxy.get(f"/v2/image_search/{sha256}")
    assert (line["result"], line["error"], answer.code) == ("deleted", code, code)
    assert (uploads.kept, len(upstream.requests)) == ([], 1)


def test_an_upload_that_is_gone_again_is_no_error(uploads, upstream):
    assert [line[1:3] for line in said(uploads.tell())] == [("refused", "image_not_found")]
    assert upstream.requests == []


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (500, "upstream_error"),
        (429, "upstream_unavailable"),
        (401, "upstream_rejected_credentials"),
        (404, "upstream_error"),
    ],
)
def test_a_search_that_failed_is_left_to_the_phone(uploads, upstream, status, code):
    upstream.answers(status)
    lines = uploads.put()
    upstream.answers(200, json=ANSWER)
    again = uploads.tell()
    assert [line[1:3] for line in said(lines)] == [("failed", code)]
    assert said(again) == [USED]


def test_nothing_is_searched_while_the_circuit_is_open(uploads, upstream):
    ticket = uploads.ticket()
    upstream.answers(500)
    for number in range(8):
        uploads.proxy.post(query=f"us=other{number}")
    *_, line = uploads.post(ticket)
    assert (line["result"], line["error"]) == ("failed", "upstream_unavailable")
    assert len(upstream.requests) == 8


def test_nothing_is_searched_that_could_not_be_kept(uploads, upstream, metered):
    uploads.store(uploads.ticket())
    metered.throttle(Throttling(writes=1, items=lambda item: item.endswith("#lease")))
    *_, line = uploads.tell()
    assert (said([line]), upstream.requests) == ([("prefetch", "not-leased", None, None)], [])


def test_a_throttled_ticket_starts_no_search(uploads, upstream, metered):
    uploads.store(uploads.ticket())
    metered.throttle(Throttling(writes=1))
    *_, line = uploads.tell()
    result = ("prefetch", "no-search", None, "table-failed")
    assert (said([line]), upstream.requests) == ([result], [])


def test_a_search_for_which_no_time_is_left_is_left_to_the_phone(uploads, upstream):
    uploads.store(uploads.ticket())
    lines = uploads.tell(remaining_seconds=1)
    assert [line[1:3] for line in said(lines)] == [("failed", "upstream_timeout")]
    assert upstream.requests == []


def test_an_upload_that_cannot_be_read_is_worth_another_try(uploads, upstream, aws_events):
    uploads.store(uploads.ticket())
    failing = [True]

    def fail(request, **_):
        if failing.pop():
            raise httpx.ReadTimeout("slow")

    aws_events.register_first("before-send.s3.GetObject", fail)
    with pytest.raises(PrefetchFailed):
        uploads.tell()
    assert len(tickets()) == 1


def test_a_bug_is_not_tried_again_and_says_no_secret_and_no_end_user(uploads, upstream):
    private = (INDEX_KEY, TOKEN, "203.0.113.9", "Shop/7.1 (iPhone)")
    upstream.raises(RuntimeError(" ".join(private)))
    (line,) = uploads.put()
    found = [text for text in private if text in str(line)]
    assert (line["message"], found) == ("unexpected error", [])


@pytest.mark.parametrize("scope", ["user", "off"])
def test_nothing_is_done_where_answers_are_not_shared(build_uploads, upstream, scope):
    uploads = build_uploads(CACHE_SCOPE=scope)
    assert (uploads.put(), upstream.requests) == ([], [])


def test_where_no_photo_is_kept_a_searched_upload_is_deleted(build_uploads, upstream):
    uploads = build_uploads(DELETE_SEARCHED_UPLOADS="true")
    lines = uploads.put()
    reply = uploads.proxy.get(PATH)
    assert (said(lines), uploads.kept) == ([SEARCHED], [])
    assert (reply.json, "hit" in reply.cache_status, len(upstream.requests)) == (ANSWER, True, 1)


def test_so_is_one_whose_answer_was_there_already(build_uploads):
    uploads = build_uploads(DELETE_SEARCHED_UPLOADS="true")
    ticket = uploads.ticket()
    uploads.proxy.post()
    assert (said(uploads.post(ticket)), uploads.kept) == ([("prefetch", "cached", None, None)], [])
