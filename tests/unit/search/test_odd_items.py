"""Each kind of item in the table with each of its attributes in another form, as operators and
other versions may leave it: it is replaced or left alone, nothing raises, and no limit is lost.
"""

from contextlib import suppress

import pytest
from aws_lambda_powertools import Logger

from clock import Clock
from counting_table import NOON
from image_search.aws.table import Table
from image_search.cache.answer import Answer
from image_search.cache.lease import KEPT_SECONDS, LeaseGranted, Leases
from image_search.cache.store import Entry, ResponseCache, StoreResult
from image_search.errors import (
    CircuitOpen,
    CorruptImage,
    DailyCapExceeded,
    ImageSearchError,
    SharedError,
    UpstreamFailed,
)
from image_search.limits.counters import Counted, Counters
from image_search.limits.daily_cap import DailyCap
from image_search.uploads.outcomes import Outcomes
from image_search.uploads.tickets import NoTicket, Ticket, Tickets
from image_search.upstream.circuit_breaker import THRESHOLD, CircuitBreaker
from odd_items import OddTable
from wire import TABLE

SHA256 = "a" * 64
KEY = "k"
LIMIT = 3
# What a counter of another form leaves of three; all others begin anew.
LEFT = {"number": 0, "huge": 0, "fraction": 1}


@pytest.fixture
def clock():
    return Clock(NOON)


@pytest.fixture
def items():
    return OddTable()


@pytest.fixture
def table(items, clock):
    return Table(items, TABLE, Logger(service="image-search-proxy"), clock)


@pytest.fixture
def cache(table):
    return ResponseCache(table, 600, Logger(service="image-search-proxy"))


@pytest.fixture
def leases(table):
    return Leases(table)


def test_an_odd_answer_is_replaced(cache, items):
    old, new = (Answer.from_json(text, int(NOON), 60) for text in (b'"old"', b'"new"'))
    cache.store(KEY, old, Entry())
    failed = []
    for case in items.each_odd(items.items[KEY]):
        read = cache.read(KEY)
        stored = cache.store(KEY, new, read)
        found = (stored.result, cache.read(KEY))
        if found != (StoreResult.STORED, Entry(new, stored.rev)):
            failed.append((case, found))
    assert failed == []


@pytest.mark.parametrize("state", ["held", "handed over", "ended", "failed"])
def test_an_odd_lease_can_be_had(leases, items, state):
    granted = leases.acquire(KEY)
    if state == "handed over":
        leases.end(KEY, granted.token)
        granted = leases.acquire_as_seen(KEY, leases.read(KEY), handed_over=True)
    if state == "ended":
        leases.end(KEY, granted.token, version="rev", unstored="reason")
    if state == "failed":
        leases.end(KEY, granted.token, failure=SharedError.record(CorruptImage()))
    failed = []
    for case in items.each_odd(items.items[f"{KEY}#lease"]):
        seen = leases.read(KEY)
        grant = leases.acquire(KEY) if seen.is_free else leases.take_over(KEY, seen)
        taken = isinstance(grant, LeaseGranted) and leases.renew(KEY, grant.token)
        found = items.items[f"{KEY}#lease"]
        kept = {name: found[name] for name in ("beat", "expires_at")}
        expected = {"beat": {"N": "1"}, "expires_at": {"N": str(int(NOON) + KEPT_SECONDS)}}
        if not taken or kept != expected:
            failed.append((case, grant))
    assert failed == []


@pytest.mark.parametrize("state", ["held", "ended"])
def test_a_renewal_can_have_an_odd_lease(leases, items, state):
    granted = leases.acquire(KEY)
    if state == "ended":
        leases.end(KEY, granted.token)
    failed = []
    for case in items.each_odd(items.items[f"{KEY}#lease"]):
        seen = leases.read(KEY)
        take = leases.acquire_as_seen if seen.is_free else leases.take_over
        grant = take(KEY, seen, handed_over=True)
        adopted = isinstance(grant, LeaseGranted) and leases.adopt(KEY, grant.token)
        if not isinstance(adopted, LeaseGranted):
            failed.append((case, grant, adopted))
    assert failed == []


def test_an_odd_counter_loses_no_limit(table, items):
    limits = {"used": LIMIT, "m720": LIMIT}
    numbers = {name: {"N": "0"} for name in (*limits, "m718", "expires_at")}
    failed = []
    for attribute, form in items.each_odd({"pk": {"S": f"limit#{KEY}"}} | numbers):
        results = [
            Counters(table).increment(
                KEY, dict.fromkeys(limits, 1), limits, int(NOON), remove=("m718",)
            )
            for _ in range(LIMIT + 2)
        ]
        granted = sum(isinstance(each, Counted) for each in results)
        if granted != (LEFT.get(form, LIMIT) if attribute in limits else LIMIT):
            failed.append((attribute, form, granted))
    assert failed == []


def test_an_odd_counter_lifts_no_daily_cap(table, items, clock):
    def granted_of(calls):
        cap = DailyCap(Counters(table), lambda: LIMIT, clock)
        granted = 0
        for _ in range(calls):
            with suppress(DailyCapExceeded):
                cap.consume()
                granted += 1
        return granted

    granted_of(1)
    (counter,) = items.items.values()
    odd = {case: granted_of(LIMIT + 2) for case in items.each_odd(counter | {"used": {"N": "0"}})}
    expected = {
        (name, form): LEFT.get(form, LIMIT) if name == "used" else LIMIT for name, form in odd
    }
    assert odd == expected


@pytest.mark.parametrize("attribute", ["failures", "open_until", "probe", "probe_until"])
def test_an_odd_circuit_still_opens_and_closes(table, items, clock, attribute):
    """While upstream fails, and once it is back: whatever the circuit held."""

    def fail():
        raise UpstreamFailed

    circuit = {"failures": {"N": "9"}, "open_until": {"N": str(int(NOON) * 1000)}}
    probe = {"probe": {"S": "odd"}, "probe_until": {"N": str(int(NOON) * 1000)}}
    failed = []
    for case in items.each_odd({"pk": {"S": "breaker"}, **circuit, **probe}, attribute):
        breaker = CircuitBreaker(table, Logger(service="image-search-proxy"))
        seen = [type(error) for error in (_error_of(breaker, fail) for _ in range(THRESHOLD + 2))]
        clock.forward(60)
        closed = _error_of(breaker, lambda: None)
        if seen[-1] is not CircuitOpen or closed is not None or items.items:
            failed.append((case, seen[-1], closed))
    assert failed == []


def _error_of(breaker, ask_upstream):
    try:
        breaker.call(ask_upstream)
    except ImageSearchError as error:
        return error
    return None


def test_an_odd_outcome_refuses_nothing(table, items):
    outcomes = Outcomes(table, lambda _: KEY)
    outcomes.record(SHA256, CorruptImage())
    found = {case: outcomes.error_of(SHA256) for case in items.each_odd(items.items[KEY])}
    assert found == dict.fromkeys(found)


def test_an_odd_ticket_is_taken_or_refused(table, items):
    tickets = Tickets(table)
    ticket = Ticket(SHA256, "us=web", "203.0.113.9", "Shop/7.1", "s3://bucket/key", "lease")
    ticket_id = tickets.write(ticket)
    (stored,) = items.items.values()
    taken = {
        (case, sha256): type(tickets.take(ticket_id, sha256))
        for sha256 in (None, SHA256)
        for case in items.each_odd(stored)
    }
    assert {case for case, kind in taken.items() if kind not in (Ticket, NoTicket)} == set()
