"""Sandboxes that share one circuit, on moto's table, with a clock that stands still."""

from contextlib import suppress

import boto3
import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ReadTimeoutError

from clock import Clock
from image_search.aws.table import BACKOFF_SECONDS, Table, TableUse
from image_search.errors import (
    ImageSearchError,
    NotAsked,
    UpstreamFailed,
    UpstreamRefused,
    UpstreamRejectedRequest,
    UpstreamUnavailable,
)
from image_search.upstream.circuit_breaker import (
    OPEN_SECONDS,
    PROBE_SECONDS,
    READ_SECONDS,
    THRESHOLD,
    CircuitBreaker,
)
from image_search.upstream.client import error_for
from wire import TABLE


class Requests:
    """DynamoDB's operations that a client has sent, in order."""

    def __init__(self, dynamodb):
        self.names = []
        dynamodb.meta.events.register("before-call.dynamodb", self._record)

    def _record(self, model, **_):
        self.names.append(model.name)

    def since(self):
        names, self.names = self.names, []
        return names


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def dynamodb(aws):
    return boto3.client("dynamodb")


@pytest.fixture
def requests(dynamodb):
    return Requests(dynamodb)


@pytest.fixture
def sandbox(dynamodb, clock):
    """Builds one, with a table guard of its own."""
    logger = Logger(service="image-search-proxy")
    return lambda: CircuitBreaker(Table(dynamodb, TABLE, logger, clock), logger)


@pytest.fixture
def breaker(sandbox):
    return sandbox()


def item(dynamodb):
    found = dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": "breaker"}}).get("Item")
    return found and {name: int(value["N"]) for name, value in found.items() if "N" in value}


def nothing():
    """What upstream is asked, or what happens meanwhile."""


def fail(breaker, times=THRESHOLD, meanwhile=nothing):
    """So many searches fail, after what happens ``meanwhile``."""

    def ask():
        meanwhile()
        raise UpstreamFailed

    for _ in range(times):
        with suppress(UpstreamFailed):
            breaker.call(ask)


def refusal(ask):
    """Seconds after which to come back; None when let through."""
    try:
        ask()
    except UpstreamUnavailable as error:
        return error.retry_after
    return None


def refused_call(breaker):
    return refusal(lambda: breaker.call(nothing))


@pytest.fixture
def opened(breaker, clock):
    fail(breaker)
    return breaker


@pytest.fixture
def half_open(opened, clock):
    clock.forward(OPEN_SECONDS)
    return opened


def test_a_closed_circuit_lets_through(breaker):
    assert (refusal(breaker.refuse_if_open), refused_call(breaker)) == (None, None)


def test_a_call_gives_what_upstream_gave(breaker):
    assert breaker.call(lambda: "answer") == "answer"


def test_a_failure_is_raised(breaker):
    def ask():
        raise UpstreamFailed

    with pytest.raises(UpstreamFailed):
        breaker.call(ask)


def test_an_open_circuit_does_not_ask_upstream(opened):
    asked = []
    refusal(lambda: opened.call(lambda: asked.append(1)))
    assert asked == []


def test_failures_below_the_threshold_let_through(breaker):
    fail(breaker, THRESHOLD - 1)
    assert refused_call(breaker) is None


def test_the_circuit_opens_at_the_threshold(breaker, dynamodb):
    fail(breaker)
    assert item(dynamodb) == {"failures": THRESHOLD, "open_until": 1_010_000, "expires_at": 4_600}


def test_an_open_circuit_refuses_and_says_for_how_long(opened, clock):
    clock.forward(2.5)
    assert (refusal(opened.refuse_if_open), refused_call(opened)) == (8, 8)


def test_a_refusal_asks_for_a_second_at_least(opened, clock):
    clock.forward(OPEN_SECONDS - 0.001)
    assert refusal(opened.refuse_if_open) == 1


def test_failures_of_all_sandboxes_are_counted_together(sandbox):
    for _ in range(THRESHOLD):
        fail(sandbox(), 1)
    assert refusal(sandbox().refuse_if_open) == OPEN_SECONDS


def test_a_sandbox_learns_within_a_second_that_another_has_opened_the_circuit(sandbox, clock):
    other = sandbox()
    other.refuse_if_open()
    fail(sandbox())
    before = refusal(other.refuse_if_open)
    clock.forward(READ_SECONDS)
    assert (before, refused_call(other)) == (None, OPEN_SECONDS - READ_SECONDS)


def test_a_success_ends_the_row(breaker, dynamodb):
    fail(breaker, THRESHOLD - 1)
    breaker.call(nothing)
    assert item(dynamodb) is None


def test_a_rejected_request_ends_the_row(breaker, dynamodb):
    def ask():
        raise UpstreamRejectedRequest({})

    fail(breaker, THRESHOLD - 1)
    with suppress(UpstreamRejectedRequest):
        breaker.call(ask)
    assert item(dynamodb) is None


def test_the_table_is_read_once_a_second_and_not_written_while_all_is_well(
    breaker, requests, clock
):
    for _ in range(10):
        breaker.refuse_if_open()
        breaker.call(nothing)
        clock.forward(READ_SECONDS / 5)
    assert requests.since() == ["GetItem", "GetItem"]


def test_an_open_circuit_costs_one_read_a_second(opened, requests, clock):
    requests.since()
    for _ in range(10):
        refusal(opened.refuse_if_open)
        clock.forward(READ_SECONDS / 5)
    assert requests.since() == ["GetItem"]


def test_exactly_one_probes_when_the_time_is_over(half_open, sandbox):
    others = [sandbox() for _ in range(4)]
    for each in others:
        each.refuse_if_open()  # each has read the circuit before any has taken the probe
    refused: list[int] = []

    def probe():
        refused.extend(refused_call(each) for each in others)

    half_open.call(probe)
    assert refused == [1, 1, 1, 1]


def test_while_one_probes_the_others_need_not_even_load_an_image(half_open, sandbox):
    refused: list[int] = []
    half_open.call(lambda: refused.append(refusal(sandbox().refuse_if_open)))
    assert refused == [1]


def test_a_probe_that_succeeds_closes_the_circuit(half_open, sandbox, dynamodb):
    half_open.call(nothing)
    assert (item(dynamodb), refused_call(sandbox())) == (None, None)


def test_a_probe_that_fails_opens_the_circuit_again_at_once(half_open, sandbox, dynamodb):
    fail(half_open, 1)
    assert item(dynamodb) == {
        "failures": THRESHOLD + 1,
        "open_until": 1_020_000,
        "expires_at": 4_610,
    }
    assert refused_call(sandbox()) == OPEN_SECONDS


def test_a_probe_that_had_no_time_left_lets_the_next_one_probe(half_open, sandbox, dynamodb):
    def ask():
        raise NotAsked

    with suppress(NotAsked):
        half_open.call(ask)
    assert (refused_call(sandbox()), item(dynamodb)) == (None, None)


@pytest.mark.parametrize("status", range(400, 500))
def test_no_4xx_opens_the_circuit(breaker, dynamodb, status):
    def ask():
        raise error_for(status, {}, None)

    for _ in range(THRESHOLD):
        with suppress(ImageSearchError):
            breaker.call(ask)
    assert item(dynamodb) is None


@pytest.mark.parametrize("status", [408, 429])
def test_a_probe_that_proves_nothing_lets_the_next_one_probe(half_open, sandbox, dynamodb, status):
    def ask():
        raise error_for(status, {}, None)

    with suppress(ImageSearchError):
        half_open.call(ask)
    assert item(dynamodb) is not None
    assert (refused_call(sandbox()), item(dynamodb)) == (None, None)


@pytest.mark.parametrize("error", [NotAsked(), UpstreamRefused(), UpstreamRejectedRequest({})])
def test_what_says_nothing_against_upstream_does_not_count(breaker, dynamodb, error):
    def ask():
        raise error

    for _ in range(2 * THRESHOLD):
        with suppress(type(error)):
            breaker.call(ask)
    assert item(dynamodb) is None


def test_a_probe_whose_reply_was_lost_is_still_the_sandboxs_own(half_open, dynamodb, monkeypatch):
    """botocore sends a write again whose reply it has not seen: it finds its own probe."""
    sent = dynamodb.update_item

    def twice(**call):
        sent(**call)
        return sent(**call)

    monkeypatch.setattr(dynamodb, "update_item", twice)
    assert refused_call(half_open) is None


def opened_by_a_clock(dynamodb, now):
    logger = Logger(service="image-search-proxy")
    fail(CircuitBreaker(Table(dynamodb, TABLE, logger, Clock(now)), logger))


def test_an_opening_by_a_clock_that_is_ahead_lasts_as_long_as_any(dynamodb, clock, sandbox):
    opened_by_a_clock(dynamodb, clock.seconds + 300)
    other = sandbox()
    before = refused_call(other)
    clock.forward(OPEN_SECONDS)
    assert (before, refused_call(other), item(dynamodb)) == (OPEN_SECONDS, None, None)


def test_an_opening_that_was_believed_once_is_not_believed_anew(
    dynamodb, clock, sandbox, monkeypatch
):
    """Although this sandbox has forgotten it: by its own success, which could not be written."""

    def time_out(**_):
        raise ReadTimeoutError(endpoint_url="https://dynamodb.test")

    opened_by_a_clock(dynamodb, clock.seconds + 300)
    other = sandbox()
    before = refused_call(other)
    clock.forward(OPEN_SECONDS)
    monkeypatch.setattr(dynamodb, "delete_item", time_out)
    probing = refused_call(other)
    clock.forward(BACKOFF_SECONDS + READ_SECONDS)
    assert (before, probing, refused_call(other)) == (OPEN_SECONDS, None, None)


def test_an_opening_by_a_clock_that_is_behind_is_probed_at_once(dynamodb, clock, sandbox):
    opened_by_a_clock(dynamodb, clock.seconds - 300)
    assert (refused_call(sandbox()), item(dynamodb)) == (None, None)


def test_after_a_probe_that_died_another_is_sent(half_open, sandbox, clock):
    def die():
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        half_open.call(die)
    clock.forward(PROBE_SECONDS)
    before = refused_call(sandbox())
    clock.forward(0.001)
    assert (before, refused_call(sandbox())) == (1, None)


def test_a_search_from_before_that_fails_late_does_not_prolong_the_outage(sandbox, clock, dynamodb):
    def meanwhile():
        fail(sandbox())
        clock.forward(5)

    fail(sandbox(), 1, meanwhile)
    assert item(dynamodb)["open_until"] == 1_010_000


def test_a_search_from_before_that_fails_late_does_not_end_anothers_probe(sandbox, clock, dynamodb):
    def late_search():
        fail(sandbox())
        clock.forward(OPEN_SECONDS)
        with suppress(KeyboardInterrupt):
            sandbox().call(die)

    def die():
        raise KeyboardInterrupt  # a probe that has not ended when the late search does

    fail(sandbox(), 1, late_search)
    assert item(dynamodb)["probe_until"] == 1_010_000 + PROBE_SECONDS * 1000


def test_one_who_wants_to_probe_a_circuit_just_closed_is_let_through(half_open, sandbox):
    other = sandbox()
    other.refuse_if_open()
    half_open.call(nothing)
    assert refused_call(other) is None


@pytest.mark.parametrize("wrong", [{"open_until": {"S": "x"}}, {"failures": {"N": "0.5"}}])
def test_an_item_of_another_make_is_a_closed_circuit(breaker, dynamodb, wrong):
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "breaker"}, **wrong})
    assert refused_call(breaker) is None


def test_without_its_table_the_circuit_is_closed_and_the_table_left_alone(
    breaker, dynamodb, requests, clock
):
    dynamodb.delete_table(TableName=TABLE)
    requests.since()
    fail(breaker)
    clock.forward(BACKOFF_SECONDS)
    assert (refused_call(breaker), requests.since()) == (None, ["GetItem", "UpdateItem", "GetItem"])


def test_a_table_that_has_just_cost_time_elsewhere_is_left_alone(
    dynamodb, requests, clock, monkeypatch
):
    logger = Logger(service="image-search-proxy")
    table = Table(dynamodb, TABLE, logger, clock)
    breaker = CircuitBreaker(table, logger)

    def time_out(**_):
        raise ReadTimeoutError(endpoint_url="https://dynamodb.test")

    with monkeypatch.context() as slow:
        slow.setattr(dynamodb, "get_item", time_out)
        table.get(TableUse.ANSWERS, "k")
    requests.since()
    fail(breaker)
    assert (refused_call(breaker), requests.since()) == (None, [])


def test_a_table_that_is_lost_lets_through_the_probe(half_open, dynamodb):
    half_open.refuse_if_open()
    dynamodb.delete_table(TableName=TABLE)
    assert refused_call(half_open) is None


def test_a_table_that_is_lost_makes_no_error_of_a_success(half_open, dynamodb):
    assert half_open.call(lambda: dynamodb.delete_table(TableName=TABLE) and "answer") == "answer"
