import os

import boto3
import pytest
from aws_lambda_powertools import Logger

from clock import Clock
from image_search.aws.table import BACKOFF_SECONDS, Table
from image_search.cache.answer import Answer
from image_search.cache.store import (
    LEASE_SECONDS,
    MAX_BODY_BYTES,
    CacheUnavailable,
    Entry,
    LeaseGranted,
    LeaseHeld,
    ResponseCache,
    StoreResult,
)
from wire import TABLE

STALE_SECONDS = 600
FAILURE = {"status": 502, "code": "upstream_error", "headers": {}, "body": {"message": "no"}}


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def dynamodb(aws):
    return boto3.client("dynamodb")


@pytest.fixture
def cache(dynamodb, clock):
    logger = Logger(service="image-search-proxy")
    return ResponseCache(Table(dynamodb, TABLE, logger, clock), STALE_SECONDS, logger)


def answer(clock, text=b'{"a":1}', lifetime=60):
    return Answer.from_json(text, int(clock()), lifetime)


def stored(cache, clock, found=None):
    found = found or answer(clock)
    lease = cache.acquire("k", renew=False)
    assert cache.store("k", lease.token, found) is StoreResult.STORED
    clock.forward(0.001)
    return found


def test_what_was_stored_is_read(cache, clock):
    found = stored(cache, clock)
    assert cache.read("k") == Entry(answer=found)


def test_what_was_never_stored_is_an_empty_entry(cache):
    assert cache.read("k") == Entry()


def test_a_free_lease_is_granted(cache):
    assert cache.acquire("k", renew=False) == LeaseGranted(1_000_000)


def test_a_lease_that_is_held_is_refused(cache, clock):
    cache.acquire("k", renew=False)
    clock.forward(LEASE_SECONDS)
    lease = cache.acquire("k", renew=False)
    assert lease == LeaseHeld(Entry(lease=1_000_000, lease_until=1_003_000))


def test_a_lease_nobody_renewed_is_granted_to_another(cache, clock):
    cache.acquire("k", renew=False)
    clock.forward(LEASE_SECONDS + 0.001)
    assert cache.acquire("k", renew=False) == LeaseGranted(1_003_001)


def test_a_renewed_lease_is_held_on(cache, clock):
    token = cache.acquire("k", renew=False).token
    clock.forward(2)
    renewed = cache.renew("k", token)
    clock.forward(2)
    assert (renewed, type(cache.acquire("k", renew=False))) == (True, LeaseHeld)


def test_a_lease_is_not_granted_over_a_fresh_answer(cache, clock):
    found = stored(cache, clock)
    assert cache.acquire("k", renew=False) == LeaseHeld(Entry(answer=found))


def test_a_lease_is_granted_over_a_fresh_answer_to_renew_it(cache, clock):
    stored(cache, clock)
    assert isinstance(cache.acquire("k", renew=True), LeaseGranted)


def test_the_stale_answer_stays_readable_while_it_is_renewed(cache, clock):
    found = stored(cache, clock)
    clock.forward(61)
    cache.acquire("k", renew=False)
    assert cache.read("k").answer == found


def test_a_late_holder_does_not_overwrite_a_later_ones_answer(cache, clock):
    late = cache.acquire("k", renew=False).token
    clock.forward(LEASE_SECONDS + 1)
    newer = stored(cache, clock, answer(clock, b'{"newer":1}'))
    result = cache.store("k", late, answer(clock))
    assert (result, cache.read("k").answer) == (StoreResult.SUPERSEDED, newer)


def test_a_late_holder_does_not_store_while_a_later_one_searches(cache, clock):
    late = cache.acquire("k", renew=False).token
    clock.forward(LEASE_SECONDS + 1)
    cache.acquire("k", renew=False)
    assert cache.store("k", late, answer(clock)) is StoreResult.SUPERSEDED


def test_a_late_holder_does_not_give_up_a_later_ones_lease(cache, clock):
    late = cache.acquire("k", renew=False).token
    clock.forward(LEASE_SECONDS + 1)
    cache.acquire("k", renew=False)
    assert (
        cache.renew("k", late),
        cache.release("k", late),
        cache.release("k", late, FAILURE),
    ) == (
        False,
        False,
        False,
    )


def test_a_failure_is_there_for_those_who_waited(cache, clock):
    token = cache.acquire("k", renew=False).token
    cache.release("k", token, FAILURE)
    assert cache.read("k") == Entry(lease=token, failure=FAILURE)


def test_a_failure_does_not_keep_another_from_trying(cache, clock):
    cache.release("k", cache.acquire("k", renew=False).token, FAILURE)
    clock.forward(0.001)
    lease = cache.acquire("k", renew=False)
    assert (type(lease), cache.read("k").failure) == (LeaseGranted, None)


def test_a_lease_given_up_is_free(cache, clock):
    cache.release("k", cache.acquire("k", renew=False).token)
    clock.forward(0.001)
    assert isinstance(cache.acquire("k", renew=False), LeaseGranted)


def test_the_ttl_attribute_is_the_end_of_staleness(cache, clock, dynamodb, template):
    stored(cache, clock)
    ttl = template["Resources"]["CacheTable"]["Properties"]["TimeToLiveSpecification"]
    item = dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": "k"}})["Item"]
    assert item[ttl["AttributeName"]] == {"N": str(1_060 + STALE_SECONDS)}


def test_an_item_without_an_answer_is_deleted_soon(cache, dynamodb):
    cache.acquire("k", renew=False)
    item = dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": "k"}})["Item"]
    assert item["expires_at"] == {"N": "1060"}


def test_a_body_that_fits_no_item_is_not_stored_and_the_lease_is_free(cache, clock):
    token = cache.acquire("k", renew=False).token
    large = Answer(os.urandom(MAX_BODY_BYTES + 1), "tag", 1000, 1060)
    result = cache.store("k", token, large)
    clock.forward(0.001)
    assert (result, type(cache.acquire("k", renew=False))) == (StoreResult.TOO_LARGE, LeaseGranted)


def test_the_largest_body_that_is_stored_fits_an_item(cache, clock):
    large = Answer(os.urandom(MAX_BODY_BYTES), "t" * 32, 1000, 1060)
    assert stored(cache, clock, large) == cache.read("k").answer


@pytest.mark.parametrize(
    "item", [{"body": {"S": "x"}}, {"body": {"B": b"x"}}, {"lease": {"S": "x"}}]
)
def test_an_item_of_another_make_is_an_empty_entry(cache, dynamodb, item):
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "k"}, **item})
    assert cache.read("k") == Entry()


@pytest.fixture
def without_table(dynamodb):
    dynamodb.delete_table(TableName=TABLE)


@pytest.mark.parametrize(
    "ask", [lambda cache: cache.read("k"), lambda cache: cache.acquire("k", renew=False)]
)
def test_a_table_that_cannot_be_asked_is_unavailable(cache, without_table, ask):
    assert isinstance(ask(cache), CacheUnavailable)


def test_a_table_that_cannot_be_written_is_not_an_error(cache, clock, without_table):
    assert cache.store("k", 1, answer(clock)) is StoreResult.FAILED


def test_a_table_that_failed_is_left_alone_for_a_while(cache, clock, dynamodb, template):
    dynamodb.delete_table(TableName=TABLE)
    cache.read("k")
    table = template["Resources"]["CacheTable"]["Properties"]
    dynamodb.create_table(
        TableName=TABLE,
        BillingMode=table["BillingMode"],
        KeySchema=table["KeySchema"],
        AttributeDefinitions=table["AttributeDefinitions"],
    )
    before = cache.read("k")
    clock.forward(BACKOFF_SECONDS)
    assert (type(before), cache.read("k")) == (CacheUnavailable, Entry())


def test_a_renewal_holds_the_lease_for_as_long_as_the_first_time(cache, clock):
    token = cache.acquire("k", renew=False).token
    clock.forward(2)
    cache.renew("k", token)
    assert cache.read("k") == Entry(lease=1_000_000, lease_until=1_005_000)


@pytest.mark.parametrize("failure", [None, FAILURE])
def test_an_image_that_is_gone_is_known_when_the_lease_is_given_up(cache, failure):
    token = cache.acquire("k", renew=False).token
    cache.release("k", token, failure, image_gone=True)
    assert cache.read("k") == Entry(lease=token, failure=failure, image_gone=True)


def test_a_stored_answer_is_all_that_its_entry_says(cache, clock):
    cache.release("k", cache.acquire("k", renew=False).token, FAILURE, image_gone=True)
    clock.forward(0.001)
    found = stored(cache, clock)
    assert cache.read("k") == Entry(answer=found)


def test_the_answer_to_renew_is_renewed_and_no_later_one(cache, clock):
    known = stored(cache, clock)
    first = cache.acquire("k", renew=True, known=known)
    clock.forward(1)
    newer = answer(clock, b'{"newer":1}')
    cache.store("k", first.token, newer)
    clock.forward(0.001)
    assert (type(first), cache.acquire("k", renew=True, known=known)) == (
        LeaseGranted,
        LeaseHeld(Entry(answer=newer)),
    )


def test_a_fresh_answer_is_another_matter_from_the_second_on_in_which_it_ends(cache, clock):
    found = stored(cache, clock)
    clock.forward(59)
    before = cache.acquire("k", renew=False)
    clock.forward(1)
    assert (before, type(cache.acquire("k", renew=False))) == (
        LeaseHeld(Entry(answer=found)),
        LeaseGranted,
    )


@pytest.mark.parametrize(
    ("ask", "operation"),
    [
        (lambda cache: cache.read("k"), "get_item"),
        (lambda cache: cache.acquire("k", renew=False), "update_item"),
        (lambda cache: cache.renew("k", 1), "update_item"),
        (lambda cache: cache.store("k", 1, Answer(b"", "tag", 1000, 1060)), "put_item"),
    ],
)
def test_a_failing_table_is_logged_with_what_it_was_asked_for(
    caplog, cache, without_table, ask, operation
):
    ask(cache)
    (line,) = caplog.records
    assert (line.levelname, line.getMessage(), line.operation) == (
        "WARNING",
        "table failed",
        operation,
    )
    assert line.error.startswith("ResourceNotFoundException(")


def test_an_answer_too_large_to_store_is_logged_with_its_size(caplog, cache):
    cache.store("k", 1, Answer(bytes(MAX_BODY_BYTES + 1), "tag", 1000, 1060))
    (line,) = caplog.records
    assert (line.getMessage(), line.bytes) == ("answer too large to store", 400_001)


@pytest.mark.parametrize("consistent", [True, False])
def test_a_read_is_as_consistent_as_it_is_asked_to_be(dynamodb, cache, consistent):
    asked = []
    dynamodb.meta.events.register(
        "provide-client-params.dynamodb.GetItem", lambda params, **_: asked.append(params)
    )
    cache.read("k", consistent=consistent)
    assert asked == [{"TableName": TABLE, "Key": {"pk": {"S": "k"}}, "ConsistentRead": consistent}]


@pytest.mark.parametrize(
    ("entry", "leased"),
    [
        (Entry(), False),
        (Entry(lease_until=2_000), False),
        (Entry(lease=500, lease_until=1_000), True),
        (Entry(lease=500, lease_until=999), False),
    ],
)
def test_a_lease_holds_through_its_last_millisecond(entry, leased):
    assert entry.is_leased(1_000) is leased
