"""What a meter does to calls, seen from the client that makes them."""

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from clock import Clock
from metering.call import NotMetered
from metering.in_process import metered_moto
from metering.limits import Limits
from metering.meter import Charge, Meter, Throttling
from metering.units import Units
from wire import TABLE

LARGE = {"B": b"x" * 9_000}
ONCE = Config(retries={"total_max_attempts": 1})


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def meter(aws, clock):
    with metered_moto(Meter(clock=clock)) as meter:
        yield meter


@pytest.fixture
def table(meter):
    """Calls on one item, each once."""
    return Calls(boto3.client("dynamodb", config=ONCE))


class Calls:
    def __init__(self, dynamodb):
        self._dynamodb = dynamodb

    def put(self, key="k", **attributes):
        return self._dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": key}, **attributes})

    def get(self, key="k", **arguments):
        return self._dynamodb.get_item(TableName=TABLE, Key={"pk": {"S": key}}, **arguments)

    def update(self, key="k", **arguments):
        return self._dynamodb.update_item(
            TableName=TABLE,
            Key={"pk": {"S": key}},
            UpdateExpression="SET a = :a",
            ExpressionAttributeValues={":a": {"N": "1"}},
            **arguments,
        )

    def delete(self, key="k"):
        return self._dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": key}})

    def outcomes(self, call, times, key="k"):
        """Of each: None, or the error's code."""
        return [self._outcome(call, key) for _ in range(times)]

    def _outcome(self, call, key):
        try:
            call(key)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return None


def test_each_call_is_charged_in_its_order(table, meter):
    table.put(body=LARGE)
    table.get()
    table.get(ConsistentRead=True)
    table.update()
    table.delete()
    table.get()
    assert meter.charges == [
        Charge("PutItem", "k", Units(write=9)),
        Charge("GetItem", "k", Units(read=1.5)),
        Charge("GetItem", "k", Units(read=3), consistent=True),
        Charge("UpdateItem", "k", Units(write=9)),
        Charge("DeleteItem", "k", Units(write=9)),
        Charge("GetItem", "k", Units(read=0.5)),
    ]


def test_the_total_is_of_all(table, meter):
    table.put(body=LARGE)
    table.get()
    assert meter.total() == Units(read=1.5, write=9)


def test_a_reset_forgets_charges(table, meter):
    table.put()
    meter.reset()
    assert meter.total() == Units()


def test_a_part_of_an_item_is_charged_as_the_whole(table, meter):
    table.put(body=LARGE)
    meter.reset()
    table.get(ProjectionExpression="pk")
    assert meter.total() == Units(read=1.5)


def test_a_failed_condition_is_charged(table, meter):
    table.put(body=LARGE)
    meter.reset()
    with pytest.raises(ClientError):
        table.update(ConditionExpression="attribute_not_exists(pk)")
    assert meter.total() == Units(write=9)


def test_a_call_that_is_invalid_is_free(meter):
    with pytest.raises(ClientError, match="ValidationException"):
        boto3.client("dynamodb").put_item(TableName=TABLE, Item={"other": {"S": "k"}})
    assert meter.total() == Units()


def test_what_tests_look_with_is_free(meter):
    boto3.client("dynamodb").scan(TableName=TABLE)
    assert meter.total() == Units()


def test_a_call_without_a_rule_fails(meter):
    with pytest.raises(NotMetered, match="BatchGetItem"):
        boto3.client("dynamodb").batch_get_item(
            RequestItems={TABLE: {"Keys": [{"pk": {"S": "k"}}]}}
        )


def test_an_item_takes_so_many_units_a_second(table, meter, clock):
    meter.limit(Limits(item_write=2))
    first = table.outcomes(table.put, 4)
    clock.forward(0.6)
    assert (first, table.outcomes(table.put, 2)) == (
        [None, None, "ThrottlingException", "ThrottlingException"],
        [None, None],  # 1.2 units are there: the second call goes in while any is left
    )


def test_another_item_has_its_own(table, meter):
    meter.limit(Limits(item_write=1))
    table.put("one")
    assert table.outcomes(table.put, 2, "other") == [None, "ThrottlingException"]


def test_a_large_item_takes_more_of_it(table, meter, clock):
    meter.limit(Limits(item_write=9))
    table.put(body=LARGE)
    clock.forward(0.5)
    table.update()
    assert table.outcomes(table.update, 1) == ["ThrottlingException"]


def test_reads_are_limited_independently_of_writes(table, meter):
    meter.limit(Limits(item_write=1, item_read=1))
    table.put()
    assert (table.outcomes(table.get, 3), table.outcomes(table.put, 1)) == (
        [None, None, "ThrottlingException"],
        ["ThrottlingException"],
    )


def test_a_table_is_limited_too(table, meter):
    meter.limit(Limits(table_write=2))
    found = [table.outcomes(table.put, 1, key) for key in ("one", "two", "three")]
    assert found == [[None], [None], ["ThrottlingException"]]


def test_a_throttled_call_does_and_costs_nothing(table, meter):
    meter.throttle(Throttling(writes=1))
    table.outcomes(table.put, 1)
    assert (meter.total(), [call.operation for call in meter.throttled]) == (Units(), ["PutItem"])
    assert "Item" not in table.get()


def test_the_error_is_that_of_a_table_on_demand(table, meter):
    meter.throttle(Throttling(writes=1))
    with pytest.raises(ClientError) as caught:
        table.put()
    response: dict[str, Any] = {**caught.value.response}
    assert (response["ResponseMetadata"]["HTTPStatusCode"], response["throttlingReasons"]) == (
        400,
        [
            {
                "reason": "TableWriteKeyRangeThroughputExceeded",
                "resource": f"arn:aws:dynamodb:eu-west-1:123456789012:table/{TABLE}",
            }
        ],
    )


def test_writes_of_some_items_can_be_throttled_alone(table, meter):
    meter.throttle(Throttling(writes=1, items=lambda item: item.startswith("limit#")))
    assert (
        table.outcomes(table.put, 1, "limit#me"),
        table.outcomes(table.get, 1, "limit#me"),
        table.outcomes(table.put, 1, "other"),
    ) == (["ThrottlingException"], [None], [None])


def test_a_share_is_throttled_at_random(table, meter):
    meter.throttle(Throttling(reads=0.5))
    found = table.outcomes(table.get, 100)
    assert 30 < found.count("ThrottlingException") < 70


def test_limits_are_scaled_together():
    assert Limits().scaled(0.25) == Limits(750, 250, 3_000, 1_000)
