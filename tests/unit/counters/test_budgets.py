"""Counters in moto's table."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from pydantic import SecretStr

from counting_table import NOON, outcomes
from image_search.allowance import Allowance, Quota
from image_search.budgets import MINUTE, Budgets
from image_search.caller import Caller
from image_search.counters import DAY
from image_search.credentials import Credentials
from image_search.errors import RateLimited
from image_search.table_health import SICK_SECONDS, Use
from wire import INDEX_KEY, TABLE

ANNA, BERT = (Caller(SecretStr(f"sub:{name}")) for name in ("anna", "bert"))


class KnownCredentials:
    def get(self):
        return Credentials(key=SecretStr(INDEX_KEY))


@pytest.fixture
def build(build_counters, clock):
    def one(minute=3, day=100):
        return Budgets(build_counters(), minute, day, KnownCredentials(), clock)

    return one


def items():
    return boto3.client("dynamodb").scan(TableName=TABLE)["Items"]


def test_what_is_left_is_told(build, clock):
    clock.seconds += 20.5
    minute, day = Quota("minute", 3, 60), Quota("day", 100, 86_400)
    assert build().spend(ANNA) == Allowance((minute, day), minute, remaining=2, reset=40)


def test_the_tighter_quota_is_told(build):
    allowance = build(minute=100, day=3).spend(ANNA)
    assert (allowance.quota.name, allowance.remaining, allowance.reset) == ("day", 2, DAY // 2)


def test_the_fields_are_spelled_as_in_the_draft(build):
    allowance = build(60, 2000).spend(ANNA)
    assert (allowance.policy_field(), allowance.field()) == (
        '"minute";q=60;w=60, "day";q=2000;w=86400',
        '"minute";r=59;t=60',
    )


def test_the_limit_is_granted_and_nothing_beyond(build):
    assert outcomes(5, build().spend, ANNA) == ["granted"] * 3 + ["rate_limited"] * 2


def test_a_refusal_says_which_budget_and_until_when(build, clock):
    budgets = build(minute=1)
    budgets.spend(ANNA)
    clock.seconds += 59.5
    with pytest.raises(RateLimited) as refused:
        budgets.spend(ANNA)
    allowance = refused.value.allowance
    assert (allowance.field(), refused.value.headers) == (
        '"minute";r=0;t=1',
        {"Retry-After": "1"},
    )


def test_the_days_budget_is_refused_until_midnight(build, clock):
    budgets = build(day=1)
    budgets.spend(ANNA)
    with pytest.raises(RateLimited) as refused:
        budgets.spend(ANNA)
    assert refused.value.headers == {"Retry-After": str(DAY // 2)}


def test_the_next_minute_has_a_budget_of_its_own(build, clock):
    budgets = build()
    outcomes(4, budgets.spend, ANNA)
    clock.seconds += MINUTE
    assert budgets.spend(ANNA).remaining == 2


def test_the_next_day_has_a_budget_of_its_own(build, clock):
    budgets = build(minute=100, day=3)
    outcomes(4, budgets.spend, ANNA)
    clock.seconds += DAY / 2
    assert budgets.spend(ANNA).remaining == 2


def test_the_windows_that_begin_at_midnight_are_counted_apart(build, clock):
    clock.seconds = 20_000 * DAY
    assert outcomes(4, build(minute=2, day=4).spend, ANNA).count("granted") == 2


def test_what_the_minute_refuses_is_not_taken_from_the_day(build, clock):
    budgets = build(minute=2, day=4)
    outcomes(10, budgets.spend, ANNA)
    clock.seconds += MINUTE
    assert outcomes(3, budgets.spend, ANNA) == ["granted", "granted", "rate_limited"]


def test_an_exhausted_budget_is_nobody_elses(build):
    budgets = build()
    outcomes(9, budgets.spend, ANNA)
    assert budgets.spend(BERT).remaining == 2


def test_who_goes_on_asking_writes_no_more(build, table):
    budgets = build()
    outcomes(4, budgets.spend, ANNA)
    written = table.writes
    assert (outcomes(50, budgets.spend, ANNA)[-1], table.writes) == ("rate_limited", written)


def test_a_sandbox_counts_on_where_another_has_stopped(build):
    outcomes(2, build().spend, ANNA)
    assert outcomes(2, build().spend, ANNA) == ["granted", "rate_limited"]


def test_a_lowered_limit_counts_at_once(build):
    outcomes(3, build(minute=10).spend, ANNA)
    assert outcomes(1, build(minute=2).spend, ANNA) == ["rate_limited"]


def test_50_at_once_in_sandboxes_of_their_own_get_exactly_the_limit(build):
    sandboxes = [build(minute=20) for _ in range(50)]
    begin = threading.Barrier(50)

    def ask(budgets):
        begin.wait()
        return outcomes(1, budgets.spend, ANNA)[0]

    with ThreadPoolExecutor(50) as pool:
        assert Counter(pool.map(ask, sandboxes)) == {"granted": 20, "rate_limited": 30}


@pytest.fixture
def operations(table):
    """DynamoDB's operations that the sandboxes ask for, in order."""
    names = []
    table.events.register("before-call.dynamodb", lambda model, **_: names.append(model.name))
    return names


@pytest.mark.parametrize(("searches", "refusal"), [(1, []), (8, ["rate_limited"])])
def test_counting_and_deciding_are_one_write_for_both(build, operations, searches, refusal):
    """Nothing is read before and nothing written after, so no interleaving can come between."""
    told = outcomes(searches, build(minute=7).spend, ANNA)
    assert (told, operations) == (
        ["granted"] * min(searches, 7) + refusal,
        ["UpdateItem"] * searches,
    )


def test_the_day_and_the_minute_are_counted_in_one_item(build):
    outcomes(8, build(minute=7).spend, ANNA)
    (item,) = items()
    del item["pk"], item["expires_at"]
    assert item == {"used": {"N": "7"}, "m720": {"N": "7"}}


def test_minutes_that_are_over_are_taken_out_of_the_item(build, clock):
    budgets = build()
    for _ in range(3):
        budgets.spend(ANNA)
        clock.seconds += MINUTE
    (item,) = items()
    assert sorted(name for name in item if name.startswith("m")) == ["m721", "m722"]


def test_who_asks_all_day_has_an_item_that_stays_small(build, clock):
    budgets = build(day=10_000)
    clock.seconds = 20_000 * DAY
    for _ in range(40):
        budgets.spend(ANNA)
        clock.seconds += MINUTE
    (item,) = items()
    assert sorted(name for name in item if name.startswith("m")) == ["m38", "m39"]


def test_a_counter_expires_after_its_day(build):
    build().spend(ANNA)
    ends = sorted(int(item["expires_at"]["N"]) for item in items())
    assert ends == [NOON + DAY / 2 + MINUTE]


def test_a_counter_names_nobody(build):
    budgets = build()
    budgets.spend(Caller(SecretStr("ip:203.0.113.9")))
    budgets.spend(ANNA)
    written = str(items())
    assert [text for text in ("anna", "203.0.113", INDEX_KEY) if text in written] == []


def test_a_table_that_fails_blocks_nobody(build, table):
    table.fails = True
    budgets = build(minute=1)
    assert [budgets.spend(ANNA) for _ in range(3)] == [None] * 3


def test_a_table_that_fails_is_asked_once_and_logged_once(capsys, build, table):
    table.fails = True
    outcomes(5, build().spend, ANNA)
    logged = capsys.readouterr().out
    assert (table.writes, logged.count("budgets not counted")) == (1, 1)


def test_a_table_that_has_recovered_counts_again(build, table, clock):
    table.fails = True
    budgets = build(minute=1)
    budgets.spend(ANNA)
    table.fails = False
    clock.seconds += SICK_SECONDS
    assert outcomes(2, budgets.spend, ANNA) == ["granted", "rate_limited"]


def test_a_table_that_failed_the_cache_is_left_alone(build, table, health):
    health.failed(Use.ANSWERS, TimeoutError())
    assert (build().spend(ANNA), table.writes) == (None, 0)
