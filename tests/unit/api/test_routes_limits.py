"""What is charged to whom, and how a client learns of it.

The day is the tight quota here: a minute may end in the midst of a test.
"""

import hashlib
import json
import re

import boto3
import pytest

from wire import ANSWER, JPEG, TABLE, UPLOADS, http_event

SHA256 = hashlib.sha256(JPEG).hexdigest()
PATH = f"/v2/image_search/{SHA256}"
POLICY = '"minute";q=1000;w=60, "day";q=2;w=86400'


@pytest.fixture
def operations(aws_events):
    """DynamoDB's, as they are asked for; before the proxy, which keeps its client."""
    asked = []

    def note(event_name, **_):
        asked.append(event_name.rpartition(".")[2])

    aws_events.register("before-send.dynamodb.*", note)
    return asked


@pytest.fixture
def proxy(build_proxy):
    return build_proxy(SEARCHES_PER_MINUTE="1000", SEARCHES_PER_DAY="2", ALLOW_CACHE_BYPASS="true")


def quota(reply):
    """The fields, without the seconds that are left."""
    left = reply.headers.get("RateLimit")
    return reply.headers.get("RateLimit-Policy"), left and re.sub(r"t=\d+$", "t=", left)


def uploads(proxy):
    body = json.dumps({"sha256": SHA256, "content_type": "image/jpeg", "size": len(JPEG)})
    return proxy.post(
        body.encode(), path="/v2/uploads", headers={"content-type": "application/json"}
    )


def use_up(proxy):
    for number in (1, 2):
        proxy.post(query=f"us={number}")


def counters():
    found = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    return sorted(int(item["used"]["N"]) for item in found if item["pk"]["S"].startswith("limit#"))


def test_a_miss_tells_what_is_left(proxy):
    assert quota(proxy.post()) == (POLICY, '"day";r=1;t=')


def test_a_hit_is_free_and_counts_nothing(proxy):
    proxy.post()
    before = counters()
    assert (quota(proxy.post()), counters()) == ((None, None), before)


def test_over_the_quota_is_429_with_all_that_a_client_needs(proxy):
    use_up(proxy)
    reply = proxy.post()
    assert (reply.status, reply.code, quota(reply), reply.headers["Cache-Control"]) == (
        429,
        "rate_limited",
        (POLICY, '"day";r=0;t='),
        "no-store",
    )
    assert 1 <= int(reply.headers["Retry-After"]) <= 86_400


def test_over_the_quota_nothing_is_asked_of_upstream(proxy, upstream):
    use_up(proxy)
    proxy.post()
    assert len(upstream.requests) == 2


def test_over_the_quota_hits_are_still_answered(proxy):
    use_up(proxy)
    assert (proxy.post().status, proxy.post(query="us=1").json) == (429, ANSWER)


def test_an_abuser_costs_others_hits_nothing(operations, build_proxy):
    proxy = build_proxy(SEARCHES_PER_DAY="2")
    use_up(proxy)
    abused = [proxy.post(query=f"us=more{number}").status for number in range(3)]
    operations.clear()
    event = http_event("POST", "/v2/image_search", "us=1", {}, JPEG)
    event["requestContext"]["http"]["sourceIp"] = "203.0.113.10"
    assert (abused, proxy.send(event).json, operations) == ([429] * 3, ANSWER, ["GetItem"])


def test_a_refused_caller_gets_no_stale_answer(proxy, upstream):
    use_up(proxy)
    upstream.answers(500)
    reply = proxy.post(query="us=1", headers={"cache-control": "no-cache"})
    assert (reply.status, reply.code) == (429, "rate_limited")


def test_another_callers_searches_go_on(proxy):
    use_up(proxy)
    event = http_event("POST", "/v2/image_search", "", {}, JPEG)
    event["requestContext"]["http"]["sourceIp"] = "203.0.113.10"
    assert (proxy.post().status, proxy.send(event).status) == (429, 200)


def test_the_user_of_a_token_is_charged_rather_than_the_address(proxy):
    use_up(proxy)
    event = http_event("POST", "/v2/image_search", "", {}, JPEG)
    event["requestContext"]["authorizer"] = {"jwt": {"claims": {"sub": "anna"}}}
    assert proxy.send(event).status == 200


def test_only_if_cached_is_free(proxy):
    proxy.post(headers={"cache-control": "only-if-cached"})
    assert counters() == []


def test_what_is_refused_as_it_stands_is_free(proxy):
    proxy.post(b"hello")
    assert counters() == []


def test_a_form_for_an_image_nobody_sent_is_charged_once(proxy):
    reply = proxy.get(PATH)
    assert (reply.status, quota(reply), counters()) == (404, (POLICY, '"day";r=1;t='), [1])


def test_a_search_that_fails_is_charged(proxy, upstream):
    upstream.answers(500)
    reply = proxy.post()
    assert (reply.status, quota(reply)) == (502, (POLICY, '"day";r=1;t='))


def test_an_upload_form_is_charged(proxy):
    replies = [uploads(proxy) for _ in range(3)]
    assert [(reply.status, quota(reply)[1]) for reply in replies] == [
        (200, '"day";r=1;t='),
        (200, '"day";r=0;t='),
        (429, '"day";r=0;t='),
    ]


def test_that_an_image_is_there_already_is_free(proxy):
    boto3.client("s3").put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG)
    assert (quota(uploads(proxy)), counters()) == ((None, None), [])


def test_without_its_table_nothing_is_charged(build_proxy):
    proxy = build_proxy(SEARCHES_PER_MINUTE="1")
    boto3.client("dynamodb").delete_table(TableName=TABLE)
    replies = [proxy.post(query=f"us={number}") for number in range(3)]
    assert [(reply.status, quota(reply)) for reply in replies] == [(200, (None, None))] * 3


def test_an_exceeded_daily_cap_is_503_that_asks_nothing_of_upstream(build_proxy, upstream):
    proxy = build_proxy(UPSTREAM_CALLS_PER_DAY="1")
    proxy.post()
    reply = proxy.post(query="us=1")
    assert (reply.status, reply.code, len(upstream.requests)) == (503, "upstream_unavailable", 1)


def test_an_exceeded_daily_cap_is_answered_with_an_older_answer_where_there_is_one(build_proxy):
    proxy = build_proxy(UPSTREAM_CALLS_PER_DAY="1", ALLOW_CACHE_BYPASS="true")
    proxy.post()
    reply = proxy.post(headers={"cache-control": "no-cache"})
    assert (reply.status, "detail=stale-if-error" in reply.cache_status) == (200, True)


def test_an_exceeded_daily_cap_is_no_failure_of_upstreams(build_proxy):
    proxy = build_proxy(UPSTREAM_CALLS_PER_DAY="1")
    proxy.post()
    for number in range(20):
        proxy.post(query=f"us={number}")
    found = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert [item["pk"]["S"] for item in found if item["pk"]["S"] == "breaker"] == []


def test_no_item_and_no_log_line_names_the_caller(capsys, proxy):
    event = http_event("POST", "/v2/image_search", "", {}, JPEG)
    event["requestContext"]["authorizer"] = {"jwt": {"claims": {"sub": "anna-4711"}}}
    use_up(proxy)
    proxy.post()
    proxy.send(event)
    kept = f"{boto3.client('dynamodb').scan(TableName=TABLE)['Items']} {capsys.readouterr().out}"
    assert [text for text in ("203.0.113.9", "anna-4711") if text in kept] == []
