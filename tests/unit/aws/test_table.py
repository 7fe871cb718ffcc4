"""The guard before DynamoDB: results as values, and what is left alone after a failure."""

from typing import Any

import pytest
from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError, ReadTimeoutError

from clock import Clock
from image_search.aws.table import (
    BACKOFF_SECONDS,
    ConditionFailed,
    Done,
    Item,
    Table,
    TableUnavailable,
    TableUse,
)

THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "UpdateItem")
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


def failing(table, dynamodb, use, error):
    dynamodb.reply = error
    table.get(use, "k")
    return {each for each in TableUse if table.is_backing_off(each)}


@pytest.mark.parametrize("use", TableUse)
def test_what_cost_time_keeps_every_use_away(table, dynamodb, use):
    assert failing(table, dynamodb, use, SLOW) == set(TableUse)


@pytest.mark.parametrize("use", [TableUse.CIRCUIT, TableUse.LIMITS])
def test_a_quick_error_of_a_single_item_concerns_its_use_alone(table, dynamodb, use):
    assert failing(table, dynamodb, use, THROTTLED) == {use}


def test_a_quick_error_of_answers_keeps_every_use_away(table, dynamodb):
    assert failing(table, dynamodb, TableUse.ANSWERS, THROTTLED) == set(TableUse)


def test_it_is_tried_again_after_the_back_off(table, dynamodb, clock):
    failing(table, dynamodb, TableUse.ANSWERS, SLOW)
    clock.forward(BACKOFF_SECONDS)
    assert not any(table.is_backing_off(use) for use in TableUse)


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
        TableUnavailable,
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
