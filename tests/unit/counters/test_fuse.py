"""The deployment's fuse, in moto's table."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from counting_table import outcomes
from image_search.counters import DAY
from image_search.errors import UpstreamUnavailable
from image_search.fuse import Fuse
from wire import TABLE

MILLION = 1_000_000


@pytest.fixture
def build(build_counters, clock):
    return lambda limit: Fuse(build_counters(), limit, clock)


def used():
    (item,) = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    return int(item["used"]["N"])


def use(calls):
    """As if other sandboxes had made so many."""
    (item,) = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    boto3.client("dynamodb").put_item(TableName=TABLE, Item={**item, "used": {"N": str(calls)}})


def test_it_is_the_whole_deployments(build):
    first, second = build(3), build(3)
    assert outcomes(2, first.spend) + outcomes(2, second.spend) == [
        "granted",
        "granted",
        "granted",
        "upstream_unavailable",
    ]


def test_50_at_once_in_sandboxes_of_their_own_get_exactly_the_limit(build):
    begin = threading.Barrier(50)

    def ask(fuse):
        begin.wait()
        return outcomes(1, fuse.spend)[0]

    with ThreadPoolExecutor(50) as pool:
        told = Counter(pool.map(ask, [build(20) for _ in range(50)]))
    assert told == {"granted": 20, "upstream_unavailable": 30}


def test_a_refusal_says_what_it_is_and_when_to_come_back(build):
    fuse = build(1)
    fuse.spend()
    with pytest.raises(UpstreamUnavailable) as refused:
        fuse.spend()
    assert (refused.value.headers, refused.value.detail) == (
        {"Retry-After": "300"},
        "the fuse: 1 upstream calls have been made today",
    )


def test_who_goes_on_asking_writes_no_more(build, table):
    fuse = build(1)
    outcomes(2, fuse.spend)
    written = table.writes
    assert (outcomes(9, fuse.spend)[-1], table.writes) == ("upstream_unavailable", written)


def test_it_is_whole_again_the_next_day(build, clock):
    fuse = build(1)
    outcomes(2, fuse.spend)
    clock.seconds += DAY / 2
    assert outcomes(1, fuse.spend) == ["granted"]


def test_of_a_large_limit_ten_calls_are_one_write(build, table):
    assert (outcomes(20, build(MILLION).spend), table.writes, used()) == (["granted"] * 20, 2, 20)


def test_what_was_taken_in_advance_is_no_other_days(build, clock):
    fuse = build(MILLION)
    fuse.spend()
    clock.seconds += DAY / 2
    fuse.spend()
    days = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert [item["used"]["N"] for item in days] == ["10", "10"]


def test_the_last_calls_are_granted_one_by_one(build):
    other, fuse = build(MILLION), build(MILLION)
    other.spend()
    use(MILLION - 3)
    assert outcomes(4, fuse.spend) == ["granted"] * 3 + ["upstream_unavailable"]


def test_a_table_that_fails_blocks_nobody(build, table):
    table.fails = True
    assert (outcomes(30, build(1).spend), table.writes) == (["granted"] * 30, 1)
