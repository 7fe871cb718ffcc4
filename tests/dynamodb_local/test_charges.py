"""What the meter charges is what Amazon's DynamoDB Local says that it charges."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dynamodb_local.amazon import Amazon
from dynamodb_local.conftest import MeteredTable
from dynamodb_local.items import PADDING, attributes, values
from metering.item_size import item_size
from metering.units import Units, read_units, write_units

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KB = 1024
KEY = {"pk": {"S": "k"}}
Request = tuple[str, dict[str, Any]]


def padded(item: Mapping[str, Any], size: int) -> dict[str, Any]:
    """The item with so much more that it has a size."""
    missing = size - item_size(item) - len(PADDING)
    return {**item, PADDING: {"B": b"x" * missing}}


def put_anew(client: DynamoDBClient, table: str, item: Mapping[str, Any]) -> float:
    """What it is charged where nothing was before."""
    client.delete_item(TableName=table, Key=KEY)
    reply = client.put_item(TableName=table, Item=item, ReturnConsumedCapacity="TOTAL")
    return float(reply["ConsumedCapacity"]["CapacityUnits"])


@given(attributes)
@settings(max_examples=300)
def test_an_items_size_is_right_to_the_byte(
    amazon: Amazon, table: MeteredTable, more: dict[str, Any]
) -> None:
    """One that is said to fill its last kilobyte does so: one byte more costs a unit more."""
    item = {**KEY, **more}
    kilobytes = (item_size(item) + len(PADDING)) // KB + 1
    sizes = (kilobytes * KB, kilobytes * KB + 1)
    charged = [put_anew(amazon.client, table.name, padded(item, size)) for size in sizes]
    assert charged == [kilobytes, kilobytes + 1]


def _named(operation: str, **arguments: Any) -> Request:
    return operation, {"Key": KEY, **arguments}


_FAILING = {"ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(pk)"}
_blobs = st.integers(0, 20_000).map(lambda size: {"B": b"x" * size})
requests = st.one_of(
    st.tuples(attributes, _blobs).map(
        lambda both: ("put_item", {"Item": {**KEY, **both[0], PADDING: both[1]}})
    ),
    (values | _blobs).map(
        lambda value: _named(
            "update_item",
            UpdateExpression="SET #new = :value REMOVE #old",
            ExpressionAttributeNames={"#new": "new", "#old": PADDING},
            ExpressionAttributeValues={":value": value},
        )
    ),
    st.just(_named("update_item")),
    st.just(_named("get_item")),
    st.just(_named("get_item", ConsistentRead=True)),
    st.just(_named("get_item", ProjectionExpression="pk")),
    st.just(_named("delete_item")),
    st.just(_named("delete_item", **_FAILING)),
    st.just(_named("update_item", **_FAILING)),
)


@given(st.lists(requests, max_size=8))
@example([_named("delete_item"), _named("delete_item"), _named("get_item"), _named("update_item")])
@settings(max_examples=100)
def test_each_call_is_charged_the_same(table: MeteredTable, made: list[Request]) -> None:
    """A failed condition is charged by the meter alone: Amazon's reply does not say."""
    for operation, arguments in made:
        table.meter.reset()
        call = getattr(table.client, operation)
        with suppress(table.client.exceptions.ConditionalCheckFailedException):
            reply = call(TableName=table.name, ReturnConsumedCapacity="TOTAL", **arguments)
            total = table.meter.total()
            assert total.read + total.write == reply["ConsumedCapacity"]["CapacityUnits"]


@pytest.mark.parametrize("size", [KB, KB + 1, 4 * KB, 4 * KB + 1, 9_000])
def test_transactions_are_charged_twice(amazon: Amazon, table: MeteredTable, size: int) -> None:
    client, item = amazon.client, padded(KEY, size)
    client.delete_item(TableName=table.name, Key=KEY)
    written = client.transact_write_items(
        TransactItems=[{"Put": {"TableName": table.name, "Item": item}}],
        ReturnConsumedCapacity="TOTAL",
    )
    read = client.transact_get_items(
        TransactItems=[{"Get": {"TableName": table.name, "Key": KEY}}],
        ReturnConsumedCapacity="TOTAL",
    )
    (reads,), (writes,) = read["ConsumedCapacity"], written["ConsumedCapacity"]
    assert Units(reads["CapacityUnits"], writes["CapacityUnits"]) == Units(
        read_units(size, transactional=True), write_units(size, transactional=True)
    )


def test_it_refuses_reserved_words(amazon: Amazon, table: MeteredTable) -> None:
    """As AWS does, and moto for some only: the mirrored unit tests rely on it."""
    found = amazon.call(
        "UpdateItem",
        {"TableName": table.name, "Key": KEY, "UpdateExpression": "REMOVE ttl"},
    )
    assert (found.error, "reserved keyword: ttl" in str(found.body)) == (
        "ValidationException",
        True,
    )
