"""The size of an item, in bytes, as DynamoDB charges for it.

The rules are those of
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html,
which call a number's size approximate; what is computed here is what Amazon's DynamoDB Local
charges for (`make check-dynamodb` compares them).
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

Value = Mapping[str, Any]
"""An attribute's value by its type, such as ``{"S": "red"}``; binary as bytes or as base64."""
Item = Mapping[str, Value]

_COLLECTION_BYTES = 3
_ELEMENT_BYTES = 1


def item_size(item: Item | None) -> int:
    """Names and values; 0 for no item."""
    return sum(_named(name, value) for name, value in (item or {}).items())


def _named(name: str, value: Value) -> int:
    return len(name.encode()) + value_size(value)


def value_size(value: Value) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return _number(content)
        case "B":
            return _binary(content)
        case "BOOL" | "NULL":
            return 1
        case "SS" | "NS" | "BS":
            return sum(value_size({kind[0]: each}) for each in content)
        case "L":
            return _collection(value_size(each) for each in content)
        case "M":
            return _collection(_named(name, each) for name, each in content.items())
    raise ValueError(f"DynamoDB has no type {kind}")


def _collection(sizes: Iterable[int]) -> int:
    return _COLLECTION_BYTES + sum(size + _ELEMENT_BYTES for size in sizes)


def _binary(content: bytes | str) -> int:
    return len(base64.b64decode(content) if isinstance(content, str) else content)


def _number(text: str) -> int:
    """A byte for the exponent, one for a minus, and one for each two digits between zeros.

    The pairs begin at the decimal point: 12 is one of them, 1.2 and 120 are two.
    """
    sign, digits, exponent = Decimal(text).as_tuple()
    written = "".join(map(str, digits)).lstrip("0")
    significant = written.rstrip("0")
    if not significant or not isinstance(exponent, int):
        return 1
    lowest = exponent + len(written) - len(significant)
    highest = lowest + len(significant)
    pairs = -(-highest // 2) - lowest // 2
    return 1 + sign + pairs
