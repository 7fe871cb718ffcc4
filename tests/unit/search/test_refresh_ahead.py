"""Shortly before an answer's end one request renews it; the others are served meanwhile."""

import boto3
import pytest

from wire import ANSWER, TABLE

NEWER = {**ANSWER, "result_id": "newer"}


@pytest.fixture
def due(proxy, upstream):
    """The proxy with one answer in the last tenth of its life."""
    proxy.post()
    dynamodb = boto3.client("dynamodb")
    (item,) = dynamodb.scan(TableName=TABLE, FilterExpression="attribute_exists(body)")["Items"]
    stored_at = int(item["stored_at"]["N"]) - 3_500
    item |= {"stored_at": {"N": str(stored_at)}, "fresh_until": {"N": str(stored_at + 3_600)}}
    dynamodb.put_item(TableName=TABLE, Item=item)
    upstream.answers(200, json=NEWER)
    return proxy


def test_one_request_renews_the_answer(due):
    reply = due.post()
    assert (reply.json, reply.cache_status) == (
        NEWER,
        "image-search-proxy; fwd=stale; stored; ttl=3600; detail=refresh-ahead",
    )


def test_the_next_one_is_a_hit_of_the_new_answer(due, upstream):
    due.post()
    reply = due.post()
    assert (reply.json, "hit" in reply.cache_status, len(upstream.requests)) == (NEWER, True, 2)


def test_others_are_served_while_one_renews(due, upstream):
    replies = []

    def answer_while_another_asks(_):
        upstream.answers(200, json=NEWER)
        replies.append(due.post())
        return upstream.answer(_)

    upstream.answer = answer_while_another_asks
    due.post()
    assert (replies[0].json, "hit" in replies[0].cache_status) == (ANSWER, True)


def test_a_failure_to_renew_hurts_nobody(due, upstream):
    upstream.answers(500)
    reply = due.post()
    assert (reply.status, reply.json, "hit" in reply.cache_status) == (200, ANSWER, True)
    assert len(upstream.requests) == 2


def test_only_if_cached_never_renews(due, upstream):
    due.post(headers={"cache-control": "only-if-cached"})
    assert len(upstream.requests) == 1
