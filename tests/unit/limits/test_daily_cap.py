"""The deployment's daily cap, in moto's table."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from counting_table import outcomes
from image_search.aws.table import BACKOFF_SECONDS
from image_search.errors import UpstreamUnavailable
from image_search.limits.counters import DAY
from image_search.limits.daily_cap import ALLOWANCE, ALLOWANCE_SECONDS, DailyCap
from wire import TABLE

MILLION = 1_000_000


@pytest.fixture
def build(build_counters, clock):
    return lambda limit: DailyCap(build_counters(), lambda: limit, clock)


def used():
    (item,) = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    return int(item["used"]["N"])


def use(calls):
    """As if other sandboxes had made so many."""
    (item,) = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    boto3.client("dynamodb").put_item(TableName=TABLE, Item={**item, "used": {"N": str(calls)}})


def test_it_is_the_whole_deployments(build):
    first, second = build(3), build(3)
    assert outcomes(2, first.consume) + outcomes(2, second.consume) == [
        "granted",
        "granted",
        "granted",
        "upstream_unavailable",
    ]


def test_50_at_once_in_sandboxes_of_their_own_get_exactly_the_limit(build):
    begin = threading.Barrier(50)

    def ask(cap):
        begin.wait()
        return outcomes(1, cap.consume)[0]

    with ThreadPoolExecutor(50) as pool:
        reported = Counter(pool.map(ask, [build(20) for _ in range(50)]))
    assert reported == {"granted": 20, "upstream_unavailable": 30}


def test_a_refusal_says_what_it_is_and_when_to_come_back(build):
    cap = build(1)
    cap.consume()
    with pytest.raises(UpstreamUnavailable) as refused:
        cap.consume()
    assert (refused.value.headers, refused.value.detail) == (
        {"Retry-After": "300"},
        "daily cap: 1 upstream calls have been made today",
    )


def test_who_goes_on_asking_writes_no_more(build, table):
    cap = build(1)
    outcomes(2, cap.consume)
    written = table.writes
    assert (outcomes(9, cap.consume)[-1], table.writes) == ("upstream_unavailable", written)


def test_it_is_whole_again_the_next_day(build, clock):
    cap = build(1)
    outcomes(2, cap.consume)
    clock.seconds += DAY / 2
    assert outcomes(1, cap.consume) == ["granted"]


def test_of_a_large_limit_ten_calls_are_one_write(build, table):
    assert (outcomes(20, build(MILLION).consume), table.writes, used()) == (["granted"] * 20, 2, 20)


def test_what_was_taken_in_advance_is_no_other_days(build, clock):
    cap = build(MILLION)
    cap.consume()
    clock.seconds += DAY / 2
    cap.consume()
    days = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert [item["used"]["N"] for item in days] == ["10", "10"]


def test_the_last_calls_are_granted_one_by_one(build):
    other, cap = build(MILLION), build(MILLION)
    other.consume()
    use(MILLION - 3)
    assert outcomes(4, cap.consume) == ["granted"] * 3 + ["upstream_unavailable"]


def test_what_cannot_be_counted_is_granted_up_to_the_allowance_of_each_sandbox(build, table):
    table.fails = True
    expected = ["granted"] * ALLOWANCE + ["upstream_unavailable"]
    assert [outcomes(ALLOWANCE + 1, build(1).consume) for _ in range(2)] == [expected] * 2


def test_an_allowance_is_of_a_minute(build, table, clock):
    table.fails = True
    cap = build(1)
    outcomes(ALLOWANCE, cap.consume)
    clock.seconds += 20.5
    with pytest.raises(UpstreamUnavailable) as refused:
        cap.consume()
    clock.seconds += ALLOWANCE_SECONDS - 20.5
    assert refused.value.headers == {"Retry-After": "40"}
    assert outcomes(ALLOWANCE + 1, cap.consume)[-2:] == ["granted", "upstream_unavailable"]


def test_a_refusal_for_want_of_the_counter_ends_with_the_want(build, table, clock):
    table.fails = True
    cap = build(100)
    outcomes(ALLOWANCE + 1, cap.consume)
    table.fails = False
    clock.seconds += BACKOFF_SECONDS
    assert outcomes(1, cap.consume) == ["granted"]


def test_a_call_that_is_counted_ahead_is_the_next_one(build, table):
    cap = build(1)
    cap.reserve()
    cap.reserve()
    assert (used(), outcomes(2, cap.consume)) == (1, ["granted", "upstream_unavailable"])


def test_nothing_is_refused_ahead(build):
    cap = build(1)
    outcomes(1, cap.consume)
    cap.reserve()
    assert outcomes(1, cap.consume) == ["upstream_unavailable"]


def test_a_table_that_fails_is_not_asked_again_at_once(build, table):
    table.fails = True
    outcomes(ALLOWANCE, build(1).consume)
    assert table.writes == 1


@pytest.mark.parametrize(("limit", "share"), [(199_999, 1), (250_000, 2), (99 * MILLION, 10)])
def test_a_share_is_a_hundred_thousandth_of_the_limit_and_ten_at_most(build, limit, share):
    build(limit).consume()
    assert used() == share


def test_a_refusal_shortly_before_midnight_says_so(build, clock):
    cap = build(1)
    cap.consume()
    clock.seconds += DAY / 2 - 9.5
    with pytest.raises(UpstreamUnavailable) as refused:
        cap.consume()
    assert refused.value.headers == {"Retry-After": "10"}


def test_sandboxes_of_another_version_count_in_the_same_item(build):
    build(1).consume()
    (item,) = boto3.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert item == {
        "pk": {"S": f"limit#deployment#upstream-calls#{20_000 * DAY}"},
        "used": {"N": "1"},
        "expires_at": {"N": str(20_001 * DAY + 60)},
    }


def test_what_could_not_be_counted_is_not_taken_for_a_share(build, table, clock):
    cap = build(MILLION)
    table.fails = True
    cap.consume()
    table.fails = False
    clock.seconds += BACKOFF_SECONDS
    cap.consume()
    assert used() == 10
