"""Counters in the cache table, an item for each day.

One conditional write counts and decides, so that no more than the limit is ever granted, whatever
is asked at once. A table that fails blocks nobody: what cannot be counted is free.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from image_search.table_health import TableHealth, Use

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

DAY = 86_400
_KEPT_SECONDS = 60
"""For which a counter outlives its day, as clocks differ."""
_REMEMBERED = 10_000
"""How many windows that are used up a sandbox keeps in mind."""


class UsedUp(Exception):
    """The condition is not met; ``counted``: what the item's counters stand at."""

    def __init__(self, counted: Mapping[str, int]) -> None:
        super().__init__()
        self.counted = counted


class Counters:
    """``add`` counts; windows that are used up are kept in mind, to be refused without a write."""

    def __init__(
        self, dynamodb: DynamoDBClient, table: str, health: TableHealth, logger: Logger
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._health = health
        self._logger = logger
        self._used_up: set[str] = set()

    def add(
        self,
        name: str,
        add: Mapping[str, int],
        most: Mapping[str, int],
        midnight: int,
        remove: tuple[str, ...] = (),
    ) -> dict[str, int] | None:
        """What the counters of the item ``name`` have come to; None when nobody knows.

        ``add``: how much, by counter; ``most``: what each may stand at before; ``remove``:
        counters that are over; ``midnight``: the end of the item's day, in epoch seconds.

        Raises ``UsedUp`` when one of them stands higher, and then adds nothing to any.
        """
        if self._health.is_sick(Use.BUDGETS):
            return None
        added = ", ".join(f"{counter} :{counter}" for counter in add)
        removed = f" REMOVE {', '.join(remove)}" if remove else ""
        values = {f":{counter}": amount for counter, amount in add.items()}
        values |= {f":most_{counter}": amount for counter, amount in most.items()}
        try:
            found = self._dynamodb.update_item(
                TableName=self._table,
                Key={"pk": {"S": f"budget#{name}"}},
                UpdateExpression=f"SET expires_at = :end ADD {added}{removed}",
                ConditionExpression=" AND ".join(map(_at_most, most)),
                ExpressionAttributeValues={
                    ":end": {"N": str(midnight + _KEPT_SECONDS)},
                    **{value: {"N": str(amount)} for value, amount in values.items()},
                },
                ReturnValues="UPDATED_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException as error:
            raise UsedUp(_numbers(error.response.get("Item", {}))) from None  # type: ignore[arg-type]
        except (BotoCoreError, ClientError) as error:
            self._health.failed(Use.BUDGETS, error)
            self._logger.warning("budgets not counted", error=repr(error))
            return None
        return _numbers(found["Attributes"])

    def is_used_up(self, window: str) -> bool:
        """Whoever goes on asking must not wear the table out."""
        return window in self._used_up

    def remember(self, window: str) -> None:
        """That it is used up."""
        if len(self._used_up) >= _REMEMBERED:
            self._used_up.clear()
        self._used_up.add(window)


def _at_most(counter: str) -> str:
    return f"(attribute_not_exists({counter}) OR {counter} <= :most_{counter})"


def _numbers(item: Mapping[str, AttributeValueTypeDef]) -> dict[str, int]:
    return {name: int(value["N"]) for name, value in item.items() if "N" in value}
