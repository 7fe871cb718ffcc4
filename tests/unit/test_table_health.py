import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from clock import Clock
from image_search.table_health import SICK_SECONDS, TableHealth, Use

THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")
SLOW = ReadTimeoutError(endpoint_url="https://dynamodb.test")


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def health(clock):
    return TableHealth(clock)


def sick(health):
    return {use for use in Use if health.is_sick(use)}


@pytest.mark.parametrize("use", Use)
def test_what_cost_time_keeps_all_from_the_table(health, use):
    health.failed(use, SLOW)
    assert sick(health) == set(Use)


@pytest.mark.parametrize("use", [Use.CIRCUIT, Use.BUDGETS])
def test_a_counter_that_is_refused_quickly_is_left_alone_by_itself(health, use):
    health.failed(use, THROTTLED)
    assert sick(health) == {use}


def test_a_table_that_refuses_answers_is_left_alone_by_all(health):
    health.failed(Use.ANSWERS, THROTTLED)
    assert sick(health) == set(Use)


def test_it_is_tried_again_after_a_while(health, clock):
    health.failed(Use.ANSWERS, SLOW)
    clock.forward(SICK_SECONDS)
    assert sick(health) == set()
