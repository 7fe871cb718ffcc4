"""A call of DynamoDB's, as far as a meter looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from metering.item_size import Item

_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
METERED = _WRITES | {"GetItem"}
# Calls on data that nothing here makes; to let one pass free of charge would be a lie.
_UNKNOWN = frozenset(
    {
        "BatchExecuteStatement",
        "BatchGetItem",
        "BatchWriteItem",
        "ExecuteStatement",
        "ExecuteTransaction",
        "Query",
        "TransactGetItems",
        "TransactWriteItems",
    }
)
PARTITION_KEY = "pk"
"""Of the one table that there is; it has no sort key."""


class NotMetered(Exception):
    """A call that the meter has no rule for yet."""


@dataclass(frozen=True)
class Call:
    """``request``: its JSON, as DynamoDB receives it."""

    operation: str
    request: Mapping[str, Any] = field(repr=False)

    @classmethod
    def metered(cls, operation: str, request: Mapping[str, Any]) -> Call | None:
        """None for calls that cost no units: those that are not about items, those that name none
        and so are invalid, and ``Scan``, by which tests look into a table. Raises ``NotMetered``.
        """
        if operation in _UNKNOWN:
            raise NotMetered(operation)
        named = request.get("Item") or request.get("Key") or {}
        return cls(operation, request) if operation in METERED and PARTITION_KEY in named else None

    @property
    def is_write(self) -> bool:
        return self.operation in _WRITES

    @property
    def is_consistent(self) -> bool:
        return bool(self.request.get("ConsistentRead"))

    @property
    def table(self) -> str:
        """By its name: clients may give its ARN."""
        return str(self.request["TableName"]).rpartition("/")[2]

    @property
    def key(self) -> Item:
        """What names the item."""
        whole = self.request["Item" if self.operation == "PutItem" else "Key"]
        return {PARTITION_KEY: whole[PARTITION_KEY]}

    @property
    def item_id(self) -> str:
        """The partition key's value."""
        return str(self.key[PARTITION_KEY]["S"])
