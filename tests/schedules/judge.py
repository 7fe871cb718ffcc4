"""moto's opinion of what a write makes of an item, of the first of each kind and then of some."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from moto.dynamodb.exceptions import ConditionalCheckFailed
from moto.dynamodb.models import DynamoDBBackend

from schedules.expressions import Attributes

# Of each expression, so many are judged, and then one in so many.
FIRST, ONE_IN = 10, 100
_NAME = "judge"
_DIGITS = re.compile(r"\d+")


class Judge:
    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._backend = DynamoDBBackend("eu-west-1", "123456789012")
        self._backend.create_table(
            _NAME,
            schema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            attr=[{"AttributeName": "pk", "AttributeType": "S"}],
            throughput=None,
            indexes=[],
            global_indexes=[],
            streams=None,
            billing_mode="PAY_PER_REQUEST",
            sse_specification=None,
            tags=[],
            deletion_protection_enabled=False,
            warm_throughput=None,
        )

    def is_to_judge(self, arguments: Mapping[str, Any]) -> bool:
        expressions = (arguments.get(f"{name}Expression", "") for name in ("Update", "Condition"))
        kind = _DIGITS.sub("#", " if ".join(expressions))
        self._seen[kind] += 1
        return self._seen[kind] <= FIRST or self._seen[kind] % ONE_IN == 0

    def result(
        self, operation: str, arguments: Mapping[str, Any], before: Attributes
    ) -> Attributes | None:
        """The item afterwards, empty for none; None where the condition does not hold."""
        key = {"pk": (arguments.get("Key") or arguments["Item"])["pk"]}
        self._backend.delete_item(_NAME, key)
        if before:
            self._backend.put_item(_NAME, before)
        condition = {
            "expression_attribute_names": {},
            "expression_attribute_values": arguments.get("ExpressionAttributeValues", {}),
            "condition_expression": arguments.get("ConditionExpression"),
        }
        conditional = "ConditionExpression" in arguments
        try:
            if operation == "PutItem":
                self._backend.put_item(
                    _NAME, arguments["Item"], overwrite=not conditional, **condition
                )
            elif operation == "DeleteItem":
                self._backend.delete_item(_NAME, key, **condition)
            else:
                self._backend.update_item(_NAME, key, arguments["UpdateExpression"], **condition)
        except ConditionalCheckFailed:
            return None
        found = self._backend.get_item(_NAME, key)
        return dict(found.to_json()["Attributes"]) if found else {}
