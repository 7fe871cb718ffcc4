"""Sandboxes that share one circuit, on moto's table, with a clock that stands still."""

import boto3
import pytest
from aws_lambda_powertools import Logger

from clock import Clock
from image_search.circuit_breaker import (
    OPEN_SECONDS,
    PROBE_SECONDS,
    READ_SECONDS,
    THRESHOLD,
    CircuitBreaker,
)
from image_search.errors import UpstreamUnavailable
from image_search.table_health import SICK_SECONDS, TableHealth, Use
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
def health(clock):
    return TableHealth(clock)


@pytest.fixture
def sandbox(dynamodb, health, clock):
    logger = Logger(service="image-search-proxy")

    def build():
        return CircuitBreaker(dynamodb, TABLE, health, logger, clock)

    return build


@pytest.fixture
def breaker(sandbox):
    return sandbox()


def item(dynamodb):
    found = dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": "breaker"}}).get("Item")
    return found and {name: int(value["N"]) for name, value in found.items() if name != "pk"}


def fail(breaker, times=THRESHOLD):
    for _ in range(times):
        breaker.enter()
        breaker.failed()


def refusal(ask):
    """Seconds after which to come back; None when let through."""
    try:
        ask()
    except UpstreamUnavailable as error:
        return error.retry_after
    return None


@pytest.fixture
def opened(breaker, clock):
    fail(breaker)
    return breaker


@pytest.fixture
def half_open(opened, clock):
    clock.forward(OPEN_SECONDS)
    return opened


def test_a_circuit_nobody_has_opened_lets_through(breaker):
    assert (refusal(breaker.refuse_if_open), refusal(breaker.enter)) == (None, None)


def test_failures_below_the_threshold_let_through(breaker):
    fail(breaker, THRESHOLD - 1)
    assert refusal(breaker.enter) is None


def test_the_circuit_opens_at_the_threshold(breaker, dynamodb):
    fail(breaker)
    assert item(dynamodb) == {"failures": THRESHOLD, "open_until": 1_010_000, "expires_at": 4_600}


def test_an_open_circuit_refuses_and_says_for_how_long(opened, clock):
    clock.forward(2.5)
    assert (refusal(opened.refuse_if_open), refusal(opened.enter)) == (8, 8)


def test_a_refusal_asks_for_a_second_at_least(opened, clock):
    clock.forward(OPEN_SECONDS - 0.001)
    assert refusal(opened.refuse_if_open) == 1


def test_failures_of_all_sandboxes_are_counted_together(sandbox):
    for _ in range(THRESHOLD):
        fail(sandbox(), 1)
    assert refusal(sandbox().refuse_if_open) == OPEN_SECONDS


def test_a_sandbox_learns_within_a_second_that_another_has_opened_the_circuit(sandbox, clock):
    other = sandbox()
    other.enter()
    fail(sandbox())
    before = refusal(other.enter)
    clock.forward(READ_SECONDS)
    assert (before, refusal(other.enter)) == (None, OPEN_SECONDS - READ_SECONDS)


def test_a_success_ends_the_row(breaker, dynamodb):
    fail(breaker, THRESHOLD - 1)
    breaker.enter()
    breaker.succeeded()
    assert item(dynamodb) is None


def test_the_table_is_read_once_a_second_and_not_written_while_all_is_well(
    breaker, requests, clock
):
    for _ in range(10):
        breaker.refuse_if_open()
        breaker.enter()
        breaker.succeeded()
        clock.forward(READ_SECONDS / 5)
    assert requests.since() == ["GetItem", "GetItem"]


def test_an_open_circuit_costs_one_read_a_second(opened, requests, clock):
    requests.since()
    for _ in range(10):
        refusal(opened.refuse_if_open)
        clock.forward(READ_SECONDS / 5)
    assert requests.since() == ["GetItem"]


def test_exactly_one_probes_when_the_time_is_over(half_open, sandbox):
    others = [sandbox() for _ in range(5)]
    for each in others:
        each.refuse_if_open()  # each has read the circuit before any has taken the probe
    assert [refusal(each.enter) for each in others] == [None, 1, 1, 1, 1]


def test_while_one_probes_the_others_need_not_even_load_an_image(half_open, sandbox):
    sandbox().enter()
    assert refusal(sandbox().refuse_if_open) == 1


def test_a_probe_that_succeeds_closes_the_circuit(half_open, sandbox, dynamodb):
    half_open.enter()
    half_open.succeeded()
    assert (item(dynamodb), refusal(sandbox().enter)) == (None, None)


def test_a_probe_that_fails_opens_the_circuit_again_at_once(half_open, sandbox, dynamodb):
    half_open.enter()
    half_open.failed()
    assert item(dynamodb) == {
        "failures": THRESHOLD + 1,
        "open_until": 1_020_000,
        "expires_at": 4_610,
    }
    assert refusal(sandbox().enter) == OPEN_SECONDS


def test_after_a_probe_that_died_another_is_sent(half_open, sandbox, clock):
    half_open.enter()
    clock.forward(PROBE_SECONDS)
    before = refusal(sandbox().enter)
    clock.forward(0.001)
    assert (before, refusal(sandbox().enter)) == (1, None)


def test_a_search_from_before_that_fails_late_does_not_prolong_the_outage(sandbox, clock, dynamodb):
    late = sandbox()
    late.enter()
    fail(sandbox())
    clock.forward(5)
    late.failed()
    assert item(dynamodb)["open_until"] == 1_010_000


def test_a_search_from_before_that_fails_late_does_not_end_anothers_probe(sandbox, clock, dynamodb):
    late = sandbox()
    late.enter()
    fail(sandbox())
    clock.forward(OPEN_SECONDS)
    sandbox().enter()
    late.failed()
    assert item(dynamodb)["probe_until"] == 1_010_000 + PROBE_SECONDS * 1000


def test_one_who_wants_to_probe_a_circuit_just_closed_is_let_through(half_open, sandbox):
    other = sandbox()
    other.refuse_if_open()
    half_open.enter()
    half_open.succeeded()
    assert refusal(other.enter) is None


@pytest.mark.parametrize("wrong", [{"open_until": {"S": "x"}}, {"failures": {"N": "0.5"}}])
def test_an_item_of_another_make_is_a_closed_circuit(breaker, dynamodb, wrong):
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "breaker"}, **wrong})
    assert refusal(breaker.enter) is None


def test_without_its_table_the_circuit_is_closed_and_the_table_left_alone(
    breaker, dynamodb, requests, clock
):
    dynamodb.delete_table(TableName=TABLE)
    requests.since()
    fail(breaker)
    clock.forward(SICK_SECONDS)
    assert (refusal(breaker.enter), requests.since()) == (None, ["GetItem", "GetItem"])


def test_a_table_that_has_just_failed_elsewhere_is_left_alone(breaker, health, requests):
    health.failed(Use.ANSWERS, TimeoutError())
    fail(breaker)
    assert (refusal(breaker.enter), requests.since()) == (None, [])


def test_a_table_that_is_lost_lets_through_the_probe(half_open, dynamodb):
    half_open.refuse_if_open()
    dynamodb.delete_table(TableName=TABLE)
    assert refusal(half_open.enter) is None


def test_a_table_that_is_lost_makes_no_error_of_a_success(opened, dynamodb):
    dynamodb.delete_table(TableName=TABLE)
    opened.succeeded()
    assert refusal(opened.enter) is None
