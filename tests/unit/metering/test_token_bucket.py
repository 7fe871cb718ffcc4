import math

import pytest

from clock import Clock
from metering.token_bucket import TokenBucket


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def bucket(clock):
    return TokenBucket(10, clock)


def test_it_begins_with_a_seconds_worth(bucket):
    bucket.take(9.5)
    assert bucket.has_any()


def test_it_is_empty_when_all_is_taken(bucket):
    bucket.take(10)
    assert not bucket.has_any()


def test_what_was_taken_beyond_it_is_owed(bucket, clock):
    bucket.take(25)
    clock.forward(1.5)
    owing = bucket.has_any()
    clock.forward(0.25)
    assert (owing, bucket.has_any()) == (False, True)


def test_it_holds_no_more_than_a_seconds_worth(bucket, clock):
    clock.forward(60)
    bucket.take(10)
    assert not bucket.has_any()


def test_a_clock_that_is_set_back_fills_nothing(bucket, clock):
    bucket.take(10)
    clock.forward(-5)
    assert not bucket.has_any()


def test_without_a_limit_it_never_empties(clock):
    bucket = TokenBucket(math.inf, clock)
    bucket.take(1e9)
    assert bucket.has_any()
