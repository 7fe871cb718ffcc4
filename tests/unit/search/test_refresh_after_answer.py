"""Where the image lies in S3, an answer near its end is renewed after it was given."""

import hashlib
import io
import json
from typing import Any

import boto3
import httpx
import pytest
from botocore.awsrequest import AWSResponse

from image_search.cache.store import LEASE_SECONDS
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


def let_the_lease_end():
    dynamodb = boto3.client("dynamodb")
    (item,) = dynamodb.scan(TableName=TABLE, FilterExpression="attribute_exists(body)")["Items"]
    earlier = int(LEASE_SECONDS * 1000) + 1000
    for name in ("lease", "lease_until"):
        item[name] = {"N": str(int(item[name]["N"]) - earlier)}
    dynamodb.put_item(TableName=TABLE, Item=item)


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


def test_the_request_is_a_hit_and_the_renewal_is_ordered(due, queue, upstream):
    reply = get(due)
    assert (reply.json, reply.cache_status, len(upstream.requests)) == (ANSWER, ORDERED, 1)
    (order,) = queue.orders
    token = order["refresh"].pop("token")
    assert (order, isinstance(token, int)) == (
        {
            "refresh": {
                "s3_uri": f"s3://{UPLOADS}/uploads/{SHA256}",
                "sha256": SHA256,
                "query": "us=web",
            }
        },
        True,
    )


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


def test_it_is_ordered_once(due, queue):
    replies = [get(due) for _ in range(3)]
    statuses = [reply.cache_status for reply in replies]
    assert (statuses, len(queue.orders)) == ([ORDERED, HIT, HIT], 1)


def test_an_order_that_comes_late_leaves_the_search_to_the_next(due, queue, work_off, upstream):
    get(due)
    let_the_lease_end()
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


def test_a_failure_leaves_the_answer_and_another_try(due, queue, work_off, upstream):
    upstream.answers(500)
    get(due)
    done = work_off()
    reply = get(due)
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
