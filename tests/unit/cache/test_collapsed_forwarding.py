"""One fetch for all who ask at once: real threads, moto's table, and a clock where time matters."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from aws_lambda_powertools import Logger

from image_search.aws.table import Table
from image_search.cache.answer import Answer
from image_search.cache.collapsed_forwarding import (
    DIRECT_SECONDS,
    Collapsed,
    CollapsedForwarding,
    Fetched,
)
from image_search.cache.store import LEASE_SECONDS, Entry, ResponseCache, StoreResult
from image_search.deadline import Deadline
from image_search.errors import SharedError, UpstreamFailed
from waiting import wait_until
from wire import TABLE


def answer(text=b"{}", age=0):
    return Answer.from_json(text, int(time.time()) - age, 60)


@pytest.fixture
def dynamodb(aws, monkeypatch):
    """One write at a time: moto's conditional writes are not atomic among threads."""
    client = boto3.client("dynamodb")
    lock = threading.Lock()

    def atomic(operation):
        send = getattr(client, operation)

        def call(**arguments):
            with lock:
                return send(**arguments)

        return call

    for operation in ("update_item", "put_item"):
        monkeypatch.setattr(client, operation, atomic(operation))
    return client


@pytest.fixture
def polls(dynamodb):
    """Reads of the table: only those who wait make any here."""
    seen = []
    dynamodb.meta.events.register("before-call.dynamodb.GetItem", lambda **_: seen.append(1))
    return seen


@pytest.fixture
def cache(dynamodb):
    logger = Logger(service="image-search-proxy")
    return ResponseCache(Table(dynamodb, TABLE, logger, time.time), 600, logger)


@pytest.fixture
def forwarding(cache):
    return CollapsedForwarding(cache)


def fetch(forwarding, ask, seconds=120.0, renew=False):
    return forwarding.fetch("k", ask, Deadline.after(seconds), renew=renew)


class SlowSearch:
    """Counts its calls; each takes until it is let go."""

    def __init__(self, error=None):
        self.calls = 0
        self.begun = threading.Event()
        self.let_go = threading.Event()
        self._error = error

    def __call__(self):
        self.calls += 1
        self.begun.set()
        assert self.let_go.wait(90)
        if self._error is not None:
            raise self._error
        return answer()


def test_the_first_fetches_and_stores(forwarding):
    found = answer()
    assert fetch(forwarding, lambda: found) == Fetched(found, StoreResult.STORED)


def test_those_who_ask_meanwhile_get_its_answer(forwarding, polls):
    search = SlowSearch()
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(fetch, forwarding, search)
        assert search.begun.wait(90)
        others = [pool.submit(fetch, forwarding, search) for _ in range(8)]
        wait_until(lambda: len(polls) >= 3 * len(others))
        search.let_go.set()
        results = [each.result() for each in others]
    assert (search.calls, first.result().stored) == (1, StoreResult.STORED)
    assert results == [Collapsed(first.result().answer)] * 8


def test_those_who_ask_meanwhile_share_its_failure(forwarding, polls):
    search = SlowSearch(UpstreamFailed())
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(fetch, forwarding, search)
        assert search.begun.wait(90)
        others = [pool.submit(fetch, forwarding, search) for _ in range(4)]
        wait_until(lambda: len(polls) >= 3 * len(others))
        search.let_go.set()
        failures = [each.exception() for each in others]
    assert (search.calls, type(first.exception())) == (1, UpstreamFailed)
    shared = [each for each in failures if isinstance(each, SharedError)]
    assert [(each.status, each.code) for each in shared] == [(502, "upstream_error")] * 4


def test_a_failure_is_not_shared_with_those_who_come_later(forwarding):
    def fail():
        raise UpstreamFailed

    with pytest.raises(UpstreamFailed):
        fetch(forwarding, fail)
    assert fetch(forwarding, answer).stored is StoreResult.STORED


def test_an_unexpected_exception_frees_the_lease(forwarding):
    with pytest.raises(ZeroDivisionError):
        fetch(forwarding, lambda: 1 / 0)
    assert fetch(forwarding, answer).stored is StoreResult.STORED


def test_exactly_one_takes_over_from_a_holder_that_died(cache, forwarding):
    cache.acquire("k", renew=False)  # and never again a sign of life
    calls = []

    def search():
        calls.append(1)
        time.sleep(0.3)
        return answer()

    with ThreadPoolExecutor(6) as pool:
        results = list(pool.map(lambda _: fetch(forwarding, search), range(6)))
    assert len(calls) == 1
    assert sorted(type(result).__name__ for result in results) == ["Collapsed"] * 5 + ["Fetched"]


def test_a_holder_that_takes_long_keeps_its_lease(cache, forwarding):
    search = SlowSearch()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(fetch, forwarding, search)
        assert search.begun.wait(90)
        other = pool.submit(fetch, forwarding, search)
        time.sleep(LEASE_SECONDS + 1)
        search.let_go.set()
        assert (search.calls, other.result()) == (1, Collapsed(first.result().answer))


def test_one_whose_time_runs_short_goes_direct_and_does_not_store(cache, forwarding):
    cache.acquire("k", renew=False)
    found = answer()
    result = fetch(forwarding, lambda: found, seconds=DIRECT_SECONDS + 0.5)
    assert result == Fetched(found, None)


def test_a_fresh_answer_is_not_fetched_again(forwarding):
    found = answer()
    fetch(forwarding, lambda: found)
    assert fetch(forwarding, lambda: 1 / 0) == Collapsed(found)


def test_a_fresh_answer_is_fetched_again_to_renew_it(forwarding):
    fetch(forwarding, answer)
    newer = answer(b'{"newer":1}')
    assert fetch(forwarding, lambda: newer, renew=True) == Fetched(newer, StoreResult.STORED)


def test_without_a_table_everyone_fetches(cache, forwarding):
    boto3.client("dynamodb").delete_table(TableName=TABLE)
    found = answer()
    assert fetch(forwarding, lambda: found) == Fetched(found, None)


def test_a_free_answer_is_renewed(forwarding):
    known = fetch(forwarding, answer).answer
    newer = answer(b'{"newer":1}')
    renewed = forwarding.fetch_if_free("k", known, lambda: newer)
    assert renewed == Fetched(newer, StoreResult.STORED)


def test_an_answer_that_another_renews_is_not_waited_for(cache, forwarding):
    known = fetch(forwarding, answer).answer
    cache.acquire("k", renew=True)
    assert forwarding.fetch_if_free("k", known, lambda: 1 / 0) is None


def test_an_answer_that_another_has_renewed_since_it_was_read_is_not_renewed_again(forwarding):
    known = fetch(forwarding, lambda: answer(age=55)).answer
    assert forwarding.fetch_if_free("k", known, answer) is not None
    assert forwarding.fetch_if_free("k", known, lambda: 1 / 0) is None


def test_a_reservation_is_fetched_with_by_another(forwarding):
    known, found = answer(), answer(b'{"newer":1}')
    fetch(forwarding, lambda: known)
    time.sleep(0.002)  # a lease's token is its millisecond
    token = forwarding.reserve("k", known)
    assert forwarding.fetch_reserved("k", token, lambda: found) == Fetched(
        found, StoreResult.STORED
    )


def test_a_reservation_that_is_no_longer_the_last_one_is_not_fetched_with(forwarding):
    search = SlowSearch()
    assert (forwarding.fetch_reserved("k", 1, search), search.calls) == (None, 0)


def test_a_reservation_that_is_given_up_is_another_ones_to_make(forwarding, cache):
    known = answer()
    fetch(forwarding, lambda: known)
    time.sleep(0.002)
    token = forwarding.reserve("k", known)
    forwarding.give_up("k", token)
    assert cache.read("k") == Entry(answer=known, lease=token)
