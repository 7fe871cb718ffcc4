"""Attributes in other forms than the functions write, and a table that takes them as DynamoDB does.

moto compares attributes of two types as Python does, which raises errors, or takes a truth for 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from image_search.aws.json_client.client import ConditionalCheckFailedException as ConditionFailed
from image_search.aws.json_client.client import Exceptions
from schedules.expressions import Attributes, holds, updated

ODD: dict[str, dict[str, Any] | None] = {
    "absent": None,
    "text": {"S": "odd"},
    "no text": {"S": ""},
    "long text": {"S": "x" * 100_000},
    "line breaks": {"S": "a\r\nb: c"},
    "number": {"N": "7"},
    "zero": {"N": "0"},
    "fraction": {"N": "1.5"},
    "huge": {"N": "9" * 38},
    "below zero": {"N": "-" + "9" * 38},
    "bytes": {"B": b"\x00\xff"},
    "no bytes": {"B": b""},
    "truth": {"BOOL": True},
    "null": {"NULL": True},
    "list": {"L": [{"N": "1"}]},
    "map": {"M": {"N": {"N": "1"}}},
    "texts": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2"]},
}


class OddTable:
    """What ``Table`` needs of a client, in memory. ``items``: by their keys."""

    exceptions = Exceptions(ConditionFailed)

    def __init__(self) -> None:
        self.items: dict[str, Attributes] = {}

    def each_odd(self, item: Attributes, *attributes: str) -> Iterator[tuple[str, str]]:
        """Puts the item with each of these attributes, or of all, in each form; yields both names.

        What another case has left is replaced.
        """
        for attribute in attributes or sorted(item.keys() - {"pk"}):
            for form, value in ODD.items():
                others = {name: each for name, each in item.items() if name != attribute}
                self.items[item["pk"]["S"]] = others | ({attribute: value} if value else {})
                yield attribute, form

    def get_item(self, **call: Any) -> dict[str, Any]:
        return {"Item": self.items.get(call["Key"]["pk"]["S"], {})}

    def put_item(self, **call: Any) -> dict[str, Any]:
        key = call["Item"]["pk"]["S"]
        self._checked(key, call)
        self.items[key] = call["Item"]
        return {}

    def update_item(self, **call: Any) -> dict[str, Any]:
        key = call["Key"]["pk"]["S"]
        before = self._checked(key, call)
        values = call.get("ExpressionAttributeValues", {})
        try:
            after = updated(call["UpdateExpression"], call["Key"], before, values)
        except KeyError as error:  # something is added to what is no number
            raise ClientError({"Error": {"Code": "ValidationException"}}, "UpdateItem") from error
        self.items[key] = after
        return {"Attributes": before if call["ReturnValues"] == "ALL_OLD" else after}

    def delete_item(self, **call: Any) -> dict[str, Any]:
        key = call["Key"]["pk"]["S"]
        before = self._checked(key, call)
        self.items.pop(key, None)
        return {"Attributes": before}

    def _checked(self, key: str, call: dict[str, Any]) -> Attributes:
        item = self.items.get(key, {})
        values = call.get("ExpressionAttributeValues", {})
        if not holds(call.get("ConditionExpression", ""), item, values):
            code = {"Error": {"Code": ConditionFailed.__name__}, "Item": item}
            raise ConditionFailed(code, "UpdateItem")  # type: ignore[arg-type] # as it is sent
        return item
