"""The few of DynamoDB's expressions that the function uses: what a write makes of an item.

moto takes milliseconds for each, which is most of what a schedule would cost. It is the judge of
this module instead: see `judge`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Context, Decimal
from functools import cache
from typing import Any

Attributes = dict[str, dict[str, Any]]
Condition = Callable[[Mapping[str, Any], Mapping[str, Any]], bool]

_CLAUSE = re.compile(r"\b(SET|ADD|REMOVE) (.+?)(?= SET | ADD | REMOVE |$)")
# DynamoDB's precision, and one more for a carry.
_DIGITS = Context(prec=39)
# What a condition is made of, and how Python says it.
_TERMS = (
    (re.compile(r"attribute_not_exists\((\w+)\)"), r"('\1' not in item)"),
    (re.compile(r"attribute_exists\((\w+)\)"), r"('\1' in item)"),
    (
        re.compile(r"(?<![\w'])(\w+) (=|<>|<=|>=|>) (:\w+)"),
        r"compare(item.get('\1'), '\2', values['\3'])",
    ),
    (re.compile(r"\bAND\b"), "and"),
    (re.compile(r"\bOR\b"), "or"),
    (re.compile(r"\bNOT\b"), "not"),
)


def holds(condition: str, item: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """``item``: empty when there is none. An empty condition always holds."""
    return not condition or _compiled(condition)(item, values)


def updated(
    expression: str, key: Attributes, item: Attributes, values: Mapping[str, Any]
) -> Attributes:
    """The item afterwards."""
    after = {**key, **item}
    for clause, names in _clauses(expression):
        for name, value in names:
            if clause == "REMOVE":
                after.pop(name, None)
            elif clause == "SET":
                after[name] = values[value]
            else:
                before = Decimal(item.get(name, {"N": "0"})["N"])
                after[name] = {"N": str(_DIGITS.add(before, Decimal(values[value]["N"])))}
    return after


@cache
def _compiled(condition: str) -> Condition:
    for term, python in _TERMS:
        condition = term.sub(python, condition)
    found: Condition = eval(f"lambda item, values: {condition}", {"compare": _compare})
    return found


def _compare(found: Mapping[str, Any] | None, operator: str, value: Mapping[str, Any]) -> bool:
    """False for what is absent, or of another type."""
    if found is None or found.keys() != value.keys():
        return False
    if operator in ("=", "<>"):
        return (found == value) is (operator == "=")
    (kind,) = found.keys()
    of_kind: Callable[[Any], Any] = Decimal if kind == "N" else str
    one, other = of_kind(found[kind]), of_kind(value[kind])
    return bool({"<=": one <= other, ">=": one >= other, ">": one > other}[operator])


@cache
def _clauses(expression: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Of each clause, its keyword, and its names with the values that they get."""
    return [(word, [_pair(each) for each in what.split(", ")]) for word, what in _found(expression)]


def _found(expression: str) -> list[tuple[str, str]]:
    return _CLAUSE.findall(expression)


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.replace("= ", "").partition(" ")
    return name, value
