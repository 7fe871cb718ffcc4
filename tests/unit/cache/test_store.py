import gzip
import os

import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from image_search.aws.table import BACKOFF_SECONDS
from image_search.cache.answer import Answer
from image_search.cache.store import (
    MAX_BODY_BYTES,
    CacheUnavailable,
    Entry,
    ResponseCache,
    Stored,
    StoreResult,
)
from wire import TABLE

TAG = "0123456789abcdef0123456789abcdef"


def answer(clock, text=b'{"a":1}', lifetime=60):
    return Answer.from_json(text, int(clock()), lifetime)


def stored(cache, found, read=Entry()):  # noqa: B008 - frozen
    """The answer, as an entry with its ``rev``."""
    result = cache.store("k", found, read)
    assert result.result is StoreResult.STORED
    return Entry(found, result.rev)


def test_what_was_stored_is_read(cache, clock):
    assert stored(cache, answer(clock)) == cache.read("k")


def test_what_was_never_stored_is_an_empty_entry(cache):
    assert cache.read("k") == Entry()


def test_an_answer_replaces_the_one_that_was_read(cache, clock):
    first = stored(cache, answer(clock))
    assert stored(cache, answer(clock, b'{"newer":1}'), first) == cache.read("k")


@pytest.mark.parametrize("read", [Entry(), Entry(rev="another")])
def test_an_answer_does_not_replace_one_that_was_not_read(cache, clock, read):
    first = stored(cache, answer(clock))
    result = cache.store("k", answer(clock, b'{"late":1}'), read)
    assert (result, cache.read("k")) == (Stored(StoreResult.SUPERSEDED), first)


def test_an_answer_that_time_to_live_has_deleted_may_be_stored_anew(cache, clock, dynamodb):
    first = stored(cache, answer(clock))
    dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "k"}})
    assert stored(cache, answer(clock), first) == cache.read("k")


def test_a_store_whose_reply_was_lost_does_not_fail_on_itself(cache, clock, dynamodb, monkeypatch):
    send = dynamodb.put_item

    def twice(**arguments):
        send(**arguments)
        return send(**arguments)

    monkeypatch.setattr(dynamodb, "put_item", twice)
    assert stored(cache, answer(clock)) == cache.read("k")


def test_the_ttl_attribute_is_the_end_of_staleness(cache, clock, dynamodb, template):
    stored(cache, answer(clock))
    ttl = template["Resources"]["CacheTable"]["Properties"]["TimeToLiveSpecification"]
    item = dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": "k"}})["Item"]
    assert item[ttl["AttributeName"]] == {"N": str(1_060 + 600)}


def test_a_body_that_fits_no_item_is_not_stored(cache, clock):
    large = Answer(os.urandom(MAX_BODY_BYTES + 1), TAG, 1000, 1060)
    assert (cache.store("k", large, Entry()), cache.read("k")) == (
        Stored(StoreResult.TOO_LARGE),
        Entry(),
    )


def test_the_largest_body_that_is_stored_fits_an_item(cache):
    start = gzip.compress(os.urandom(1000))  # which is all that is looked at
    large = Answer(start + os.urandom(MAX_BODY_BYTES - len(start)), TAG, 1000, 1060)
    assert stored(cache, large) == cache.read("k")


@pytest.mark.parametrize("item", [{"body": {"S": "x"}}, {"body": {"B": b"x"}}, {"rev": {"N": "1"}}])
def test_an_item_of_another_make_is_an_empty_entry(cache, dynamodb, item):
    dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": "k"}, **item})
    assert cache.read("k") == Entry()


def test_a_table_that_cannot_be_asked_is_unavailable(cache, without_table):
    assert isinstance(cache.read("k"), CacheUnavailable)


def test_a_table_that_cannot_be_written_is_not_an_error(cache, clock, without_table):
    assert cache.store("k", answer(clock), Entry()) == Stored(StoreResult.FAILED)


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


@pytest.mark.parametrize(
    ("ask", "operation"),
    [
        (lambda cache: cache.read("k"), "get_item"),
        (lambda cache: cache.store("k", Answer(b"", TAG, 1000, 1060), Entry()), "put_item"),
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
    cache.store("k", Answer(bytes(MAX_BODY_BYTES + 1), TAG, 1000, 1060), Entry())
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


@pytest.mark.parametrize(("throttled", "found"), [(6, True), (7, False)])
def test_a_read_that_is_throttled_is_tried_for_two_seconds(
    table, dynamodb, clock, monkeypatch, throttled, found
):
    pauses: list[float] = []
    tries: list[int] = []
    cache = ResponseCache(table, 600, Logger(service="image-search-proxy"), pauses.append)
    entry = stored(cache, answer(clock))
    read = dynamodb.get_item

    def throttle(**arguments):
        tries.append(1)
        if len(tries) <= throttled:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "GetItem")
        return read(**arguments)

    monkeypatch.setattr(dynamodb, "get_item", throttle)
    result = cache.read("k")
    assert (result == entry, 0.9 < sum(pauses) < 3) == (found, True)
