"""Whatever DynamoDB does at whatever step, the search is answered."""

import io
import json
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from image_search.cache import collapsed_forwarding
from wire import ANSWER, JPEG


class Raw(io.BytesIO):
    def stream(self, **_):
        return iter([self.getvalue()])


def answered(status, kind):
    def fault(request, **_):
        body = json.dumps({"__type": kind, "message": "no"}).encode()
        headers: Any = {"Content-Type": "application/json"}
        return AWSResponse(request.url, status, headers, Raw(body))

    return fault


def timed_out(request, **_):
    raise ReadTimeoutError(endpoint_url=request.url, error="slow")


def refused(request, **_):
    raise EndpointConnectionError(endpoint_url=request.url)


FAULTS = {
    "throttled": answered(400, "ProvisionedThroughputExceededException"),
    "failing": answered(500, "InternalServerError"),
    "denied": answered(400, "AccessDeniedException"),
    "slow": timed_out,
    "refused": refused,
}


@pytest.fixture
def start_failing(aws_events):
    """Makes DynamoDB fail in one way for one operation; the list grows with each such request."""
    met = []

    def one(fault, operation):
        def meet(request, **_):
            met.append(operation)
            return FAULTS[fault](request)

        aws_events.register_first(f"before-send.dynamodb.{operation}", meet)
        return met

    return one


@pytest.mark.parametrize("operation", ["GetItem", "UpdateItem", "PutItem"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_search_is_answered_whatever_the_table_does(start_failing, build_proxy, fault, operation):
    met = start_failing(fault, operation)
    proxy = build_proxy()
    replies = [proxy.post(), proxy.post(JPEG, query="us=other")]
    assert [(reply.status, reply.json) for reply in replies] == [(200, ANSWER)] * 2
    assert met


@pytest.mark.parametrize("operation", ["GetItem", "UpdateItem"])
@pytest.mark.parametrize("fault", ["denied", "slow", "refused"])
def test_a_failing_table_is_not_asked_again_at_once(start_failing, build_proxy, operation, fault):
    met = start_failing(fault, operation)
    proxy = build_proxy()
    proxy.post()
    before = len(met)
    proxy.post(query="us=other")
    assert (before > 0, len(met)) == (True, before)


@pytest.mark.parametrize("operation", ["UpdateItem", "PutItem"])
def test_what_is_cached_is_a_hit_while_writes_are_throttled(
    start_failing, build_proxy, operation, upstream, monkeypatch
):
    monkeypatch.setattr(collapsed_forwarding, "THROTTLED_SECONDS", 0.05)
    proxy = build_proxy()
    proxy.post()
    start_failing("throttled", operation)
    statuses = []
    for number in range(5):
        proxy.post(query=f"us={number}")
        statuses.append("hit" in proxy.post().cache_status)
    assert (statuses, len(upstream.requests)) == ([True] * 5, 6)
