"""The cache table: each call guarded, each result a value.

A broken cache never breaks a search, so a call that fails is ``TableUnavailable`` and not an
exception. What is left alone for a while after a failure depends on what failed, and how:

* **Slow** (a time-out, no connection): everything, for ``BACKOFF_SECONDS``, which bounds the time
  that a failing table can cost.
* **Throttled**: nothing but writes of the same counter or circuit, for ``THROTTLED_SECONDS``.
  DynamoDB takes 1,000 writes and 3,000 reads a second for one item, and says at once that it has
  had enough: a normal answer to a burst, which says nothing about other items, or about reads.
* **Rejected** for what the item holds (`ValidationException`: a counter that is text): nothing, as
  this says nothing about other items.
* **Refused** otherwise (denied, no such table): the same kind of call of the same use, for
  ``BACKOFF_SECONDS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.literals import ReturnValueType
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

# Long enough that a table which takes two time-outs of a second to fail costs less than half of
# the time; short enough that the cache is back soon after the table is.
BACKOFF_SECONDS = 5.0
# DynamoDB counts by the second.
THROTTLED_SECONDS = 1.0
_THROTTLES = frozenset(
    {"ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"}
)
_REJECTED = "ValidationException"

Value = bool | int | str | bytes


class TableUse(StrEnum):
    """What the table is used for; a use may be left alone by itself."""

    ANSWERS = "answers"
    LEASE = "lease"
    CIRCUIT = "circuit"
    LIMITS = "limits"
    TICKETS = "tickets"
    CONTROL = "control"


# Reads and writes are left alone by themselves: (use, whether it is a write).
_KINDS = tuple((use, write) for use in TableUse for write in (False, True))
# Each such item is one for all callers or for all that one caller does: to try again at once would
# keep it throttled. The others are many, and those who want them wait anyway.
_LEFT_ALONE_WHEN_THROTTLED = frozenset({(TableUse.CIRCUIT, True), (TableUse.LIMITS, True)})


@dataclass(frozen=True)
class Item:
    """Attributes as DynamoDB has them; one of another type than asked for counts as absent.

    So an item that another version of the function, or a person, wrote differently does no harm.
    """

    attributes: Mapping[str, AttributeValueTypeDef] = field(default_factory=dict)

    def number(self, name: str) -> int | None:
        text = self.attributes.get(name, {}).get("N", "")
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdigit() else None

    def text(self, name: str) -> str | None:
        return self.attributes.get(name, {}).get("S")

    def binary(self, name: str) -> bytes | None:
        value = self.attributes.get(name, {}).get("B")
        return None if value is None else bytes(value)

    def flag(self, name: str) -> bool | None:
        return self.attributes.get(name, {}).get("BOOL")

    def numbers(self) -> dict[str, int]:
        """All of its whole numbers, by name."""
        found = {name: self.number(name) for name in self.attributes}
        return {name: value for name, value in found.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.attributes


@dataclass(frozen=True)
class Done:
    """The call succeeded. ``item``: what was read, or what an update was to return."""

    item: Item


@dataclass(frozen=True)
class ConditionFailed:
    """Nothing was written. ``item``: what is stored."""

    item: Item


class TableUnavailable:
    """The table failed, or has failed so lately that it was not asked."""


class TableThrottled(TableUnavailable):
    """DynamoDB takes no more calls of this item or table for now, and has done nothing."""


class TableRejected(TableUnavailable):
    """DynamoDB cannot do this to the item as it is, and has done nothing."""


Result = Done | ConditionFailed | TableUnavailable


class Table:
    """One table with the partition key ``pk``. ``clock``: epoch seconds."""

    def __init__(
        self, dynamodb: DynamoDBClient, name: str, logger: Logger, clock: Callable[[], float]
    ) -> None:
        self._dynamodb = dynamodb
        self._name = name
        self._logger = logger
        self._clock = clock
        self._back_off_until = dict.fromkeys(_KINDS, 0.0)

    def is_backing_off(self, use: TableUse, *, write: bool = False) -> bool:
        """Whether reads, or writes, of this use are left alone."""
        return self._clock() < self._back_off_until[use, write]

    def now(self) -> int:
        """Milliseconds since the epoch, as conditions on times compare them."""
        return int(self._clock() * 1000)

    def get(self, use: TableUse, key: str, *, consistent: bool = False) -> Result:
        """``consistent``: see every write that has succeeded, at twice the price."""
        return self._call(
            use, "get_item", {"Key": attributes(pk=key), "ConsistentRead": consistent}
        )

    def put(
        self,
        use: TableUse,
        item: Mapping[str, Value],
        condition: str = "",
        values: Mapping[str, Value] = MappingProxyType({}),
        *,
        insist: bool = True,
    ) -> Result:
        """Replaces the item if ``condition`` holds; ``values`` are its ``:name``s.

        ``insist``: try even while backing off, as others may wait for what is put.
        """
        arguments = {"Item": attributes(**item), **_conditional(condition, values)}
        return self._call(use, "put_item", arguments, insist=insist)

    def update(
        self,
        use: TableUse,
        key: str,
        expression: str,
        values: Mapping[str, Value],
        *,
        condition: str = "",
        returns: ReturnValueType = "NONE",
        insist: bool = False,
    ) -> Result:
        """Changes the item if ``condition`` holds. ``values``: the ``:name``s of both expressions.

        ``insist``: try even while backing off.
        """
        arguments = {
            "Key": attributes(pk=key),
            "UpdateExpression": expression,
            "ReturnValues": returns,
            **_conditional(condition, values),
        }
        return self._call(use, "update_item", arguments, insist=insist)

    def delete(
        self,
        use: TableUse,
        key: str,
        condition: str = "",
        values: Mapping[str, Value] = MappingProxyType({}),
    ) -> Result:
        """With a ``condition``, the result has what was deleted; ``values`` are its ``:name``s."""
        arguments = {"Key": attributes(pk=key), **_conditional(condition, values)}
        if condition:
            arguments["ReturnValues"] = "ALL_OLD"
        return self._call(use, "delete_item", arguments)

    def report_damage(self, use: TableUse, key: str) -> None:
        """Logs that an item is not as the functions write it; for who replaces or ignores it."""
        self._logger.warning("damaged item", use=use, item=key)

    def _call(
        self, use: TableUse, operation: str, arguments: Mapping[str, Any], *, insist: bool = False
    ) -> Result:
        kind = use, operation != "get_item"
        if self._clock() < self._back_off_until[kind] and not insist:
            return TableUnavailable()
        try:
            reply = getattr(self._dynamodb, operation)(TableName=self._name, **arguments)
        except self._dynamodb.exceptions.ConditionalCheckFailedException as error:
            return ConditionFailed(Item(error.response.get("Item", {})))  # type: ignore[arg-type]
        except (BotoCoreError, ClientError) as error:
            self._logger.warning("table failed", use=use, operation=operation, error=repr(error))
            return self._back_off(kind, error)
        return Done(Item(reply.get("Item") or reply.get("Attributes") or {}))

    def _back_off(self, kind: tuple[TableUse, bool], error: Exception) -> TableUnavailable:
        now = self._clock()
        if not isinstance(error, ClientError):
            self._back_off_until = dict.fromkeys(_KINDS, now + BACKOFF_SECONDS)
        elif (code := error.response["Error"].get("Code")) == _REJECTED:
            return TableRejected()
        elif code in _THROTTLES:
            if kind in _LEFT_ALONE_WHEN_THROTTLED:
                self._back_off_until[kind] = now + THROTTLED_SECONDS
            return TableThrottled()
        else:
            self._back_off_until[kind] = now + BACKOFF_SECONDS
        return TableUnavailable()


def attributes(**values: Value) -> dict[str, AttributeValueTypeDef]:
    """Values as DynamoDB takes them."""
    return {name: _attribute(value) for name, value in values.items()}


def _attribute(value: Value) -> AttributeValueTypeDef:
    match value:
        case bool():  # before int, of which it is a kind
            return {"BOOL": value}
        case int():
            return {"N": str(value)}
        case str():
            return {"S": value}
        case _:
            return {"B": value}


def _conditional(condition: str, values: Mapping[str, Value]) -> dict[str, Any]:
    """The failed condition's item is asked for: it costs nothing beyond the failed write."""
    arguments: dict[str, Any] = {}
    if values:
        named = attributes(**values).items()
        arguments["ExpressionAttributeValues"] = {f":{name}": value for name, value in named}
    if condition:
        arguments["ConditionExpression"] = condition
        arguments["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return arguments
