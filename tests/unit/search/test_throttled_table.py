"""DynamoDB throttles what it is asked too often: the cache stays, and the limits hold."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from image_search.cache import collapsed_forwarding
from image_search.cache.store import MAX_BODY_BYTES
from image_search.limits.daily_cap import ALLOWANCE
from metering.limits import Limits
from metering.meter import Throttling
from waiting import PATIENCE_SECONDS, wait_until
from wire import ANSWER, answer_of

GENEROUS = {"SEARCHES_PER_MINUTE": "100000", "SEARCHES_PER_DAY": "100000"}
FORTIETH_OF_AN_ITEM = Limits(item_read=120, item_write=40)
"""0.04 of what DynamoDB takes for one: a test cannot ask as often as a crowd does."""


@pytest.fixture
def at_once(monkeypatch):
    """Who waits for a throttled lease gives up soon, as each wait is two seconds of the test's."""
    monkeypatch.setattr(collapsed_forwarding, "THROTTLED_SECONDS", 0.05)


def test_while_no_write_is_taken_the_cache_answers_and_upstream_is_asked_within_the_allowance(
    build_proxy, metered, upstream, at_once
):
    proxy = build_proxy(UPSTREAM_CALLS_PER_DAY="3", **GENEROUS)
    for number in range(3):
        proxy.post(query=f"us=known{number}")
    metered.throttle(Throttling(writes=1))
    seen: Counter[object] = Counter()
    for number in range(ALLOWANCE + 5):
        seen[proxy.post(query=f"us=new{number}").status] += 1
        seen["hit" in proxy.post(query=f"us=known{number % 3}").cache_status] += 1
    assert seen == {200: ALLOWANCE, 503: 5, True: ALLOWANCE + 5}
    assert len(upstream.requests) == 3 + ALLOWANCE


def test_a_cap_that_was_used_up_before_stays_so_while_no_write_is_taken(
    build_proxy, metered, upstream, at_once
):
    proxy = build_proxy(UPSTREAM_CALLS_PER_DAY="1", **GENEROUS)
    replies = [proxy.post(query=f"us={number}").status for number in range(2)]
    metered.throttle(Throttling(writes=1))
    replies += [proxy.post(query=f"us=new{number}").status for number in range(3)]
    assert (replies, len(upstream.requests)) == ([200, 503, 503, 503, 503], 1)


def test_with_every_other_read_throttled_most_repeats_are_hits_and_all_are_answered(
    build_proxy, metered, upstream
):
    proxy = build_proxy(UPSTREAM_CALLS_PER_DAY="1000", **GENEROUS)
    proxy.post()
    metered.throttle(Throttling(reads=0.5))
    replies = [proxy.post() for _ in range(80)]
    hits = sum("hit" in reply.cache_status for reply in replies)
    assert {reply.status for reply in replies} == {200}
    assert hits >= 0.7 * len(replies)
    assert len(upstream.requests) == 1 + len(replies) - hits


class Crowd:
    """Phones that ask at once, each by a sandbox of its own; upstream answers when it is let."""

    def __init__(self, build_proxy, upstream, size, **environment):
        self.sandboxes = [build_proxy(**GENEROUS, **environment) for _ in range(size)]
        self.upstream = upstream
        self.let = threading.Event()

    def hold(self, answer):
        def held(_):
            assert self.let.wait(PATIENCE_SECONDS)
            return answer()

        self.upstream.answer = held


def waiters(meter):
    """How many have looked at the lease more than once a phone."""
    return sum(charge.item.endswith("#lease") for charge in list(meter.charges))


def test_a_crowd_makes_one_call_and_is_not_throttled(build_proxy, metered, upstream):
    """1,000 requests, 40 at once, for 5 s: more than 240 hits a second would be more than the item
    allows, which is no matter of the crowd's."""
    crowd = Crowd(build_proxy, upstream, 40)
    crowd.hold(lambda: httpx.Response(200, json=ANSWER))
    metered.limit(FORTIETH_OF_AN_ITEM)

    def phone(sandbox):
        replies = []
        for _ in range(25):
            replies.append(sandbox.post())
            time.sleep(0.2)
        return replies

    with ThreadPoolExecutor(40) as pool:
        asking = [pool.submit(phone, sandbox) for sandbox in crowd.sandboxes]
        wait_until(lambda: waiters(metered) >= 3 * 40, pause=0.01)
        crowd.let.set()
        replies = [reply for each in asking for reply in each.result()]
    assert Counter(reply.status for reply in replies) == {200: 1000}
    assert (len(upstream.requests), metered.throttled) == (1, [])


def test_a_crowd_whose_answer_is_too_large_to_store_searches_side_by_side(
    build_proxy, metered, upstream
):
    crowd = Crowd(build_proxy, upstream, 8)
    together = threading.Barrier(7)

    def meet():
        if len(upstream.requests) > 1:
            together.wait(PATIENCE_SECONDS)  # all seven others, or this fails
        return answer_of(MAX_BODY_BYTES + 100)

    crowd.hold(meet)
    with ThreadPoolExecutor(8) as pool:
        asking = [pool.submit(sandbox.post) for sandbox in crowd.sandboxes]
        wait_until(lambda: waiters(metered) >= 3 * 8, pause=0.01)
        crowd.let.set()
        replies = [each.result() for each in asking]
    assert [reply.status for reply in replies] == [200] * 8
    assert len(upstream.requests) == 8
