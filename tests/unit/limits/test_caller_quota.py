"""Counters in moto's table."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError
from pydantic import SecretStr

from counting_table import NOON, outcomes
from image_search.aws.table import BACKOFF_SECONDS, Table, TableUse
from image_search.credentials.secret import Credentials
from image_search.errors import RateLimited
from image_search.limits.caller import Caller
from image_search.limits.caller_quota import MINUTE, CallerQuota
from image_search.limits.counters import DAY, Counters
from image_search.rate_limit import Quota, RateLimit
from wire import INDEX_KEY, TABLE

ANNA, BERT = (Caller(SecretStr(f"sub:{name}")) for name in ("anna", "bert"))


class KnownCredentials:
    def get(self):
        return Credentials(key=SecretStr(INDEX_KEY))


CREDENTIALS: Any = KnownCredentials()


@pytest.fixture
def build(build_counters, clock):
    def one(minute=3, day=100):
        return CallerQuota(build_counters(), minute, day, CREDENTIALS, clock)

    return one


def items():
    return boto3.client("dynamodb").scan(TableName=TABLE)["Items"]


def test_a_server_has_limits_of_its_own(build_counters, clock):
    quota = CallerQuota(build_counters(), 1, 1, CREDENTIALS, clock, (2, 3))
    web = Caller(SecretStr("server:web"), is_server=True)
    left: Any = [quota.consume(caller) for caller in (web, ANNA, web)]
    assert [rate_limit.remaining for rate_limit in left] == [1, 0, 0]
    for caller, policy in (
        (web, '"minute";q=2;w=60, "day";q=3;w=86400'),
        (ANNA, '"minute";q=1;w=60, "day";q=1;w=86400'),
    ):
        for refuse in (quota.consume, quota.refuse_if_known_exhausted):
            with pytest.raises(RateLimited) as refused:
                refuse(caller)
            rate_limit: Any = refused.value.rate_limit
            assert rate_limit.policy_field() == policy


def test_what_is_left_is_reported(build, clock):
    clock.seconds += 20.5
    minute, day = Quota("minute", 3, 60), Quota("day", 100, 86_400)
    assert build().consume(ANNA) == RateLimit((minute, day), minute, remaining=2, reset=40)


def test_the_tighter_quota_is_reported(build):
    rate_limit = build(minute=100, day=3).consume(ANNA)
    assert (rate_limit.quota.name, rate_limit.remaining, rate_limit.reset) == ("day", 2, DAY // 2)


def test_the_fields_are_spelled_as_in_the_draft(build):
    rate_limit = build(60, 2000).consume(ANNA)
    assert (rate_limit.policy_field(), rate_limit.field()) == (
        '"minute";q=60;w=60, "day";q=2000;w=86400',
        '"minute";r=59;t=60',
    )


def test_the_limit_is_granted_and_nothing_beyond(build):
    assert outcomes(5, build().consume, ANNA) == ["granted"] * 3 + ["rate_limited"] * 2


def test_a_refusal_says_which_quota_and_until_when(build, clock):
    quota = build(minute=1)
    quota.consume(ANNA)
    clock.seconds += 59.5
    with pytest.raises(RateLimited) as refused:
        quota.consume(ANNA)
    rate_limit = refused.value.rate_limit
    assert rate_limit is not None
    assert (rate_limit.field(), refused.value.headers) == (
        '"minute";r=0;t=1',
        {"Retry-After": "1"},
    )


def test_the_days_quota_is_refused_until_midnight(build, clock):
    quota = build(day=1)
    quota.consume(ANNA)
    with pytest.raises(RateLimited) as refused:
        quota.consume(ANNA)
    assert refused.value.headers == {"Retry-After": str(DAY // 2)}


def test_the_next_minute_has_a_quota_of_its_own(build, clock):
    quota = build()
    outcomes(4, quota.consume, ANNA)
    clock.seconds += MINUTE
    assert quota.consume(ANNA).remaining == 2


def test_the_next_day_has_a_quota_of_its_own(build, clock):
    quota = build(minute=100, day=3)
    outcomes(4, quota.consume, ANNA)
    clock.seconds += DAY / 2
    assert quota.consume(ANNA).remaining == 2


def test_the_windows_that_begin_at_midnight_are_counted_apart(build, clock):
    clock.seconds = 20_000 * DAY
    assert outcomes(4, build(minute=2, day=4).consume, ANNA).count("granted") == 2


def test_what_the_minute_refuses_is_not_taken_from_the_day(build, clock):
    quota = build(minute=2, day=4)
    outcomes(10, quota.consume, ANNA)
    clock.seconds += MINUTE
    assert outcomes(3, quota.consume, ANNA) == ["granted", "granted", "rate_limited"]


def test_an_exhausted_quota_is_no_others(build):
    quota = build()
    outcomes(9, quota.consume, ANNA)
    assert quota.consume(BERT).remaining == 2


def test_who_goes_on_asking_writes_no_more(build, table):
    quota = build()
    outcomes(4, quota.consume, ANNA)
    written = table.writes
    assert (outcomes(50, quota.consume, ANNA)[-1], table.writes) == ("rate_limited", written)


def test_a_sandbox_counts_on_where_another_has_stopped(build):
    outcomes(2, build().consume, ANNA)
    assert outcomes(2, build().consume, ANNA) == ["granted", "rate_limited"]


def test_a_lowered_limit_counts_at_once(build):
    outcomes(3, build(minute=10).consume, ANNA)
    assert outcomes(1, build(minute=2).consume, ANNA) == ["rate_limited"]


def test_50_at_once_in_sandboxes_of_their_own_get_exactly_the_limit(build):
    sandboxes = [build(minute=20) for _ in range(50)]
    begin = threading.Barrier(50)

    def ask(quota):
        begin.wait()
        return outcomes(1, quota.consume, ANNA)[0]

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
    reported = outcomes(searches, build(minute=7).consume, ANNA)
    assert (reported, operations) == (
        ["granted"] * min(searches, 7) + refusal,
        ["UpdateItem"] * searches,
    )


def test_the_day_and_the_minute_are_counted_in_one_item(build):
    outcomes(8, build(minute=7).consume, ANNA)
    (item,) = items()
    del item["pk"], item["expires_at"]
    assert item == {"used": {"N": "7"}, "m720": {"N": "7"}}


def test_minutes_that_are_over_are_taken_out_of_the_item(build, clock):
    quota = build()
    for _ in range(3):
        quota.consume(ANNA)
        clock.seconds += MINUTE
    (item,) = items()
    assert sorted(name for name in item if name.startswith("m")) == ["m721", "m722"]


def test_who_asks_all_day_has_an_item_that_stays_small(build, clock):
    quota = build(day=10_000)
    clock.seconds = 20_000 * DAY
    for _ in range(40):
        quota.consume(ANNA)
        clock.seconds += MINUTE
    (item,) = items()
    assert sorted(name for name in item if name.startswith("m")) == ["m38", "m39"]


def test_a_counter_expires_after_its_day(build):
    build().consume(ANNA)
    ends = sorted(int(item["expires_at"]["N"]) for item in items())
    assert ends == [NOON + DAY / 2 + MINUTE]


def test_a_counter_names_no_one(build):
    quota = build()
    quota.consume(Caller(SecretStr("ip:203.0.113.9")))
    quota.consume(ANNA)
    written = str(items())
    assert [text for text in ("anna", "203.0.113", INDEX_KEY) if text in written] == []


def test_a_table_that_fails_refuses_nothing(build, table):
    table.fails = True
    quota = build(minute=1)
    assert [quota.consume(ANNA) for _ in range(3)] == [None] * 3


def test_a_table_that_fails_is_asked_once_and_logged_once(caplog, build, table):
    table.fails = True
    outcomes(5, build().consume, ANNA)
    assert (table.writes, caplog.messages) == (1, ["table failed"])


def test_a_table_that_has_recovered_counts_again(build, table, clock):
    table.fails = True
    quota = build(minute=1)
    quota.consume(ANNA)
    table.fails = False
    clock.seconds += BACKOFF_SECONDS
    assert outcomes(2, quota.consume, ANNA) == ["granted", "rate_limited"]


def test_a_table_that_failed_for_an_answer_is_left_alone(build, table, clock):
    guarded = Table(table, TABLE, Logger(service="image-search-proxy"), clock)
    table.fails = True
    guarded.update(TableUse.ANSWERS, "k", "REMOVE a", {})
    quota = CallerQuota(Counters(guarded), 3, 100, CREDENTIALS, clock)
    assert (quota.consume(ANNA), table.writes) == (None, 1)


def test_a_counter_that_is_refused_quickly_is_left_alone_and_the_answers_are_not(
    table, clock, monkeypatch
):
    throttled = ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")

    def refuse(**_):
        raise throttled

    monkeypatch.setattr(table, "update_item", refuse)
    guarded = Table(table, TABLE, Logger(service="image-search-proxy"), clock)
    quota = CallerQuota(Counters(guarded), 3, 100, CREDENTIALS, clock)
    assert (quota.consume(ANNA), left_alone(guarded)) == (None, [(TableUse.LIMITS, True)])


def left_alone(table):
    """The uses, and whether it is their writes."""
    kinds = [(use, write) for use in TableUse for write in (False, True)]
    return [(use, write) for use, write in kinds if table.is_backing_off(use, write=write)]
