"""Where the image lies in S3, an answer near its end is renewed after it was given."""

import hashlib
import io
import json
from typing import Any

import boto3
import httpx
import pytest
from botocore.awsrequest import AWSResponse

from image_search.cache import collapsed_forwarding
from metering.meter import Throttling
from prefetch.composition import build as build_prefetch
from prefetch.settings import PrefetchSettings
from wire import ALLOWED, ANSWER, JPEG, TABLE, UPLOADS, Context

NEWER = {**ANSWER, "result_id": "newer"}
SHA256 = hashlib.sha256(JPEG).hexdigest()
PATH = f"/v2/image_search/{SHA256}"
HIT = "image-search-proxy; hit; ttl=120"
ORDERED = f"{HIT}; detail=refresh-ahead"


class Queue:
    """Lambda's queue at the wire: holds what the API puts in until it is worked off."""

    def __init__(self):
        self.orders = []
        self.status = 202

    def meet(self, request, **_):
        if self.status == 202:
            self.orders.append(json.loads(request.body))
        headers: Any = {}
        return AWSResponse(request.url, self.status, headers, _Raw(b"{}"))


class _Raw(io.BytesIO):
    def stream(self, **_):
        return iter([self.getvalue()])


@pytest.fixture
def queue(aws_events):
    queue = Queue()
    aws_events.register_first("before-send.lambda.Invoke", queue.meet)
    return queue


@pytest.fixture
def work_off(queue, environment, upstream, caplog):
    """Hands all that waits to the function that renews; what it says of each."""

    def work():
        settings = PrefetchSettings.from_environment(environment)
        handler = build_prefetch(settings, httpx.MockTransport(upstream))
        context: Any = Context()
        caplog.clear()
        for order in queue.orders:
            handler(order, context)
        queue.orders.clear()
        said = [record for record in caplog.records if record.message == "prefetch"]
        return [(record.result, record.error) for record in said]

    return work


def age(changes=None):
    """Brings the only answer into the last tenth of its life."""
    dynamodb = boto3.client("dynamodb")
    (item,) = dynamodb.scan(TableName=TABLE, FilterExpression="attribute_exists(body)")["Items"]
    stored_at = int(item["stored_at"]["N"]) - 3_500
    item |= {"stored_at": {"N": str(stored_at)}, "fresh_until": {"N": str(stored_at + 3_600)}}
    dynamodb.put_item(TableName=TABLE, Item=item | (changes or {}))


def upload(bucket=UPLOADS, key=f"uploads/{SHA256}", content=JPEG):
    boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=content)


@pytest.fixture
def due(build_proxy, upstream, queue):
    """The proxy with one uploaded image, whose answer is in the last tenth of its life."""
    proxy = build_proxy(REFRESH_FUNCTION="renewer")
    upload()
    proxy.get(PATH, query="us=web")
    age()
    upstream.answers(200, json=NEWER)
    return proxy


def get(proxy):
    return proxy.get(PATH, query="us=web")


def tickets():
    """As they lie in the table."""
    items = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    return [item for item in items if item["pk"]["S"].startswith("ticket#")]


def test_the_request_is_a_hit_and_the_renewal_is_ordered(due, queue, upstream):
    reply = get(due)
    assert (reply.json, reply.cache_status, len(upstream.requests)) == (ANSWER, ORDERED, 1)
    (order,) = queue.orders
    (ticket,) = tickets()
    assert order == {"refresh": {"ticket": ticket["pk"]["S"].removeprefix("ticket#")}}
    assert ticket["uri"]["S"] == f"s3://{UPLOADS}/uploads/{SHA256}"


def test_the_order_renews_the_answer(due, work_off, upstream):
    get(due)
    done = work_off()
    reply = get(due)
    assert (done, reply.json, reply.cache_status, len(upstream.requests)) == (
        [("refreshed", None)],
        NEWER,
        "image-search-proxy; hit; ttl=3600",
        2,
    )


def test_an_order_that_arrives_twice_is_carried_out_once(due, queue, work_off, upstream):
    get(due)
    queue.orders *= 2
    assert (work_off(), len(upstream.requests)) == (
        [("refreshed", None), ("no-search", None)],
        2,
    )


def test_the_renewal_names_the_end_user_who_caused_it_and_forgets_them(due, work_off, upstream):
    get(due)
    work_off()
    names = ("x-forwarded-for", "user-agent")
    sent = [upstream.requests[-1].headers[name] for name in names]
    assert (sent, tickets()) == (["203.0.113.9", "Shop/7.1 (iPhone)"], [])


def test_a_renewal_without_a_ticket_is_not_ordered_and_left_to_the_next(due, queue, metered):
    metered.throttle(Throttling(writes=1, items=lambda item: item.startswith("ticket#")))
    first = get(due)
    metered.throttle(Throttling())
    second = get(due)
    assert (first.cache_status, second.cache_status, len(queue.orders)) == (HIT, ORDERED, 1)


def test_it_is_ordered_once(due, queue):
    replies = [get(due) for _ in range(3)]
    statuses = [reply.cache_status for reply in replies]
    assert (statuses, len(queue.orders)) == ([ORDERED, HIT, HIT], 1)


def test_an_order_that_comes_late_leaves_the_search_to_the_next(
    due, queue, work_off, upstream, monkeypatch
):
    get(due)
    monkeypatch.setattr(collapsed_forwarding, "HANDED_OVER_SECONDS", 0)
    get(due)
    assert len(queue.orders) == 2
    assert (work_off(), len(upstream.requests)) == (
        [("superseded", None), ("refreshed", None)],
        2,
    )


def test_an_order_that_nobody_took_is_given_by_the_next_request(due, queue):
    queue.status = 500
    first = get(due)
    queue.status = 202
    second = get(due)
    assert (first.cache_status, second.cache_status, len(queue.orders)) == (HIT, ORDERED, 1)


def test_an_image_that_is_gone_is_asked_for_once(due, queue, work_off, upstream):
    boto3.client("s3").delete_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}")
    get(due)
    done = work_off()
    reply = get(due)
    assert (done, reply.json, reply.cache_status, queue.orders, len(upstream.requests)) == (
        [("refused", "image_not_found")],
        ANSWER,
        HIT,
        [],
        1,
    )


def test_a_request_with_the_image_still_renews_it_then(due, work_off):
    boto3.client("s3").delete_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}")
    get(due)
    work_off()
    assert due.post(query="us=web").json == NEWER


def test_a_failure_leaves_the_answer_and_another_try_in_a_minute(
    due, queue, work_off, upstream, monkeypatch
):
    upstream.answers(500)
    get(due)
    done = work_off()
    at_once = get(due)
    monkeypatch.setattr(collapsed_forwarding, "FAILED_RENEWAL_SECONDS", 0)
    reply = get(due)
    assert (at_once.json, at_once.cache_status) == (ANSWER, HIT)
    assert (done, reply.json, reply.cache_status) == (
        [("failed", "upstream_error")],
        ANSWER,
        ORDERED,
    )
    assert len(queue.orders) == 1


def test_nothing_is_ordered_while_the_circuit_is_open(due, queue, upstream):
    upstream.answers(500)
    for number in range(8):
        due.post(query=f"us=other{number}")
    assert (get(due).cache_status, queue.orders) == (HIT, [])


def test_an_image_by_its_uri_is_renewed_the_same_way(build_proxy, queue, work_off, upstream):
    proxy = build_proxy(REFRESH_FUNCTION="renewer")
    body = {"s3_uri": f"s3://{ALLOWED}/look/1.jpg"}
    upload(ALLOWED, "look/1.jpg")
    proxy.post_json(body)
    age()
    upstream.answers(200, json=NEWER)
    ordered = proxy.post_json(body)
    done = work_off()
    assert (ordered.json, ordered.cache_status, done, proxy.post_json(body).json) == (
        ANSWER,
        ORDERED,
        [("refreshed", None)],
        NEWER,
    )


def test_another_image_under_the_same_uri_is_not_searched(build_proxy, queue, work_off, upstream):
    proxy = build_proxy(REFRESH_FUNCTION="renewer")
    body = {"s3_uri": f"s3://{ALLOWED}/look/1.jpg"}
    upload(ALLOWED, "look/1.jpg")
    proxy.post_json(body)
    age()
    proxy.post_json(body)
    upload(ALLOWED, "look/1.jpg", JPEG + b" ")
    assert (work_off(), len(upstream.requests)) == ([("refused", "image_not_found")], 1)


def test_without_a_function_to_order_from_the_request_renews_by_itself(
    build_proxy, queue, upstream
):
    proxy = build_proxy()
    upload()
    proxy.get(PATH)
    age()
    upstream.answers(200, json=NEWER)
    reply = proxy.get(PATH)
    assert (reply.json, "fwd=stale" in reply.cache_status, queue.orders) == (NEWER, True, [])


def test_a_bug_in_a_renewal_is_logged_and_not_tried_again(due, work_off, upstream, caplog):
    get(due)
    upstream.raises(RuntimeError("a bug"))
    done = work_off()
    logged = [record.exception for record in caplog.records if record.levelname == "ERROR"]
    assert (done, logged, len(upstream.requests)) == ([], ["RuntimeError: a bug"], 2)
