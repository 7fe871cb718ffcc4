"""The guard before DynamoDB: results as values, and what is left alone after a failure."""

from typing import Any

import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError, ReadTimeoutError

from clock import Clock
from image_search.aws.table import (
    BACKOFF_SECONDS,
    THROTTLED_SECONDS,
    ConditionFailed,
    Done,
    Item,
    Table,
    TableThrottled,
    TableUse,
)

THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")
DENIED = ClientError({"Error": {"Code": "AccessDeniedException"}}, "UpdateItem")
REJECTED = ClientError({"Error": {"Code": "ValidationException"}}, "UpdateItem")
SLOW = ReadTimeoutError(endpoint_url="https://dynamodb.test")


class Condition(ClientError):
    """As botocore's client has its own class for it."""


class DynamoDb:
    """Answers each call with ``reply``, or raises it."""

    class exceptions:  # noqa: N801
        ConditionalCheckFailedException = Condition

    def __init__(self):
        self.calls = []
        self.reply: dict[str, Any] | Exception = {}

    def __getattr__(self, operation):
        def call(**arguments):
            self.calls.append((operation, arguments))
            if isinstance(self.reply, Exception):
                raise self.reply
            return self.reply

        return call


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def dynamodb():
    return DynamoDb()


@pytest.fixture
def table(dynamodb, clock):
    return Table(dynamodb, "cache", Logger(service="image-search-proxy"), clock)


KINDS = [(use, write) for use in TableUse for write in (False, True)]


def left_alone(table):
    """The uses, and whether it is their writes, that are not asked for now."""
    return {(use, write) for use, write in KINDS if table.is_backing_off(use, write=write)}


def failing(table, dynamodb, use, error, write=False):
    dynamodb.reply = error
    if write:
        table.update(use, "k", "REMOVE a", {})
    else:
        table.get(use, "k")
    return left_alone(table)


@pytest.mark.parametrize(("use", "write"), KINDS)
def test_what_cost_time_keeps_every_use_away(table, dynamodb, use, write):
    assert failing(table, dynamodb, use, SLOW, write) == set(KINDS)


@pytest.mark.parametrize(("use", "write"), KINDS)
def test_an_item_that_is_to_blame_keeps_no_other_away(table, dynamodb, use, write):
    assert failing(table, dynamodb, use, REJECTED, write) == set()


@pytest.mark.parametrize(("use", "write"), KINDS)
def test_a_refusal_concerns_that_kind_of_call_alone(table, dynamodb, use, write):
    assert failing(table, dynamodb, use, DENIED, write) == {(use, write)}


@pytest.mark.parametrize(
    "code",
    [
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
    ],
)
@pytest.mark.parametrize(("use", "write"), KINDS)
def test_throttled_are_only_writes_of_an_item_that_all_share(table, dynamodb, use, write, code):
    """Of others there are many, and reads are always tried."""
    error = ClientError({"Error": {"Code": code}}, "UpdateItem")
    shared = write and use in (TableUse.CIRCUIT, TableUse.LIMITS)
    assert failing(table, dynamodb, use, error, write) == ({(use, write)} if shared else set())


def test_a_throttled_counter_is_tried_again_after_a_second(table, dynamodb, clock):
    failing(table, dynamodb, TableUse.LIMITS, THROTTLED, write=True)
    clock.forward(THROTTLED_SECONDS)
    assert left_alone(table) == set()


@pytest.mark.parametrize("write", [False, True])
def test_throttled_is_a_result_of_its_own(table, dynamodb, write):
    dynamodb.reply = THROTTLED
    ask = (
        (lambda: table.update(TableUse.LEASE, "k", "REMOVE a", {}))
        if write
        else (lambda: table.get(TableUse.LEASE, "k"))
    )
    assert isinstance(ask(), TableThrottled)


def test_it_is_tried_again_after_the_back_off(table, dynamodb, clock):
    failing(table, dynamodb, TableUse.ANSWERS, SLOW)
    clock.forward(BACKOFF_SECONDS)
    assert left_alone(table) == set()


def test_while_backing_off_only_what_insists_is_sent(table, dynamodb):
    failing(table, dynamodb, TableUse.ANSWERS, SLOW)
    dynamodb.calls.clear()
    table.get(TableUse.ANSWERS, "k")
    table.delete(TableUse.ANSWERS, "k")
    table.update(TableUse.ANSWERS, "k", "REMOVE a", {})
    table.update(TableUse.ANSWERS, "k", "REMOVE a", {}, insist=True)
    table.put(TableUse.ANSWERS, {"pk": "k"}, "a = :a", {"a": 1})
    assert [operation for operation, _ in dynamodb.calls] == ["update_item", "put_item"]


def test_a_failure_is_a_value_and_logged(table, dynamodb, caplog):
    dynamodb.reply = THROTTLED
    result = table.get(TableUse.LIMITS, "k")
    (record,) = caplog.records
    assert (type(result), record.message, record.use, record.operation) == (
        TableThrottled,
        "table failed",
        "limits",
        "get_item",
    )


def test_a_failed_condition_gives_what_is_stored(table, dynamodb):
    stored: Any = {"a": {"N": "2"}}
    response: Any = {"Error": {"Code": "x"}, "Item": stored}
    dynamodb.reply = Condition(response, "UpdateItem")
    result = table.update(TableUse.LIMITS, "k", "SET a = :a", {"a": 1}, condition="a < :a")
    assert result == ConditionFailed(Item(stored))


def test_a_failed_condition_is_no_failure_of_the_table(table, dynamodb):
    assert failing(table, dynamodb, TableUse.ANSWERS, Condition({"Error": {}}, "x")) == set()


def test_what_is_read_is_the_item(table, dynamodb):
    dynamodb.reply = {"Item": {"a": {"S": "x"}}}
    assert table.get(TableUse.ANSWERS, "k") == Done(Item({"a": {"S": "x"}}))


def test_what_is_not_there_is_an_empty_item(table):
    assert table.get(TableUse.ANSWERS, "k") == Done(Item({}))


def test_values_are_written_as_dynamodb_spells_them(table, dynamodb):
    table.put(TableUse.ANSWERS, {"pk": "k", "n": 5, "b": b"x", "t": True}, "n = :n", {"n": 4})
    assert dynamodb.calls == [
        (
            "put_item",
            {
                "TableName": "cache",
                "Item": {"pk": {"S": "k"}, "n": {"N": "5"}, "b": {"B": b"x"}, "t": {"BOOL": True}},
                "ConditionExpression": "n = :n",
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                "ExpressionAttributeValues": {":n": {"N": "4"}},
            },
        )
    ]


def test_an_attribute_of_another_type_counts_as_absent():
    item = Item({"a": {"S": "5"}, "b": {"N": "0.5"}, "c": {"N": "-7"}})
    assert (item.number("a"), item.number("b"), item.number("c"), item.text("b")) == (
        None,
        None,
        -7,
        None,
    )


def test_an_items_whole_numbers_by_name():
    item = Item({"a": {"N": "5"}, "b": {"N": "0.5"}, "pk": {"S": "k"}})
    assert item.numbers() == {"a": 5}


def test_a_conditional_deletion_gives_what_was_deleted(table, dynamodb):
    dynamodb.reply = {"Attributes": {"a": {"N": "2"}}}
    result = table.delete(TableUse.TICKETS, "k", "a < :a", {"a": 3})
    assert (result, dynamodb.calls) == (
        Done(Item({"a": {"N": "2"}})),
        [
            (
                "delete_item",
                {
                    "TableName": "cache",
                    "Key": {"pk": {"S": "k"}},
                    "ConditionExpression": "a < :a",
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    "ReturnValues": "ALL_OLD",
                    "ExpressionAttributeValues": {":a": {"N": "3"}},
                },
            )
        ],
    )


@pytest.mark.parametrize(("insist", "calls"), [(True, 2), (False, 1)])
def test_a_put_is_left_alone_after_a_failure_unless_it_is_insisted_on(
    table, dynamodb, insist, calls
):
    dynamodb.reply = SLOW
    for _ in range(2):
        table.put(TableUse.TICKETS, {"pk": "k"}, insist=insist)
    assert len(dynamodb.calls) == calls
