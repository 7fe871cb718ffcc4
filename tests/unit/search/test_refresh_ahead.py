"""Shortly before an answer's end one request renews it; the others are served meanwhile."""

import boto3
import pytest

from wire import ANSWER, TABLE

NEWER = {**ANSWER, "result_id": "newer"}


def age():
    """Brings the only answer into the last tenth of its life."""
    dynamodb = boto3.client("dynamodb")
    (item,) = dynamodb.scan(TableName=TABLE, FilterExpression="attribute_exists(body)")["Items"]
    stored_at = int(item["stored_at"]["N"]) - 3_500
    item |= {"stored_at": {"N": str(stored_at)}, "fresh_until": {"N": str(stored_at + 3_600)}}
    dynamodb.put_item(TableName=TABLE, Item=item)


@pytest.fixture
def due(proxy, upstream):
    """The proxy with one answer that is to be renewed."""
    proxy.post()
    age()
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


def test_a_failed_renewal_is_not_tried_again_by_every_hit(due, upstream):
    upstream.answers(500)
    replies = [due.post() for _ in range(10)]
    assert all("hit" in reply.cache_status for reply in replies)
    assert len(upstream.requests) == 2


def test_a_renewal_is_charged_to_the_caller_who_causes_it(build_proxy, upstream):
    proxy = build_proxy(SEARCHES_PER_DAY="2", SEARCHES_PER_MINUTE="100")
    proxy.post()
    age()
    renewed = proxy.post()
    refused = proxy.post(query="us=other")
    assert ("fwd=stale" in renewed.cache_status, refused.status) == (True, 429)


def test_who_has_no_search_left_is_served_the_answer_at_hand(build_proxy, upstream):
    proxy = build_proxy(SEARCHES_PER_DAY="1", SEARCHES_PER_MINUTE="100")
    proxy.post()
    age()
    replies = [proxy.post() for _ in range(5)]
    assert {(reply.status, "hit" in reply.cache_status) for reply in replies} == {(200, True)}
    assert len(upstream.requests) == 1


def test_renewals_are_within_the_daily_cap(build_proxy, upstream):
    proxy = build_proxy(UPSTREAM_CALLS_PER_DAY="1")
    proxy.post()
    age()
    replies = [proxy.post() for _ in range(5)]
    assert {(reply.status, "hit" in reply.cache_status) for reply in replies} == {(200, True)}
    assert len(upstream.requests) == 1
