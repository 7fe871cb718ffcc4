"""Has unit tests do on Amazon's DynamoDB Local what they do on moto, and compares the two.

A plugin: `pytest -p dynamodb_local.mirror tests/unit/…`. So every expression that the functions use
meets Amazon's own parser and its reserved words, every condition is decided by it too, and what it
charges is what the meter says.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dynamodb_local.amazon import Amazon, Answer, dynamodb_local
from metering.call import METERED, Call
from metering.in_process import at_moto
from metering.item_size import Item
from metering.meter import Reply
from metering.units import Units, units

_SHOWN = 3
_MINUTES = re.compile(r"(\b|_)m\d+(, m\d+)*")
_expressions: set[tuple[str, ...]] = set()


class Mirror:
    """``differences``: what Amazon did, but moto or the meter did otherwise."""

    def __init__(self, amazon: Amazon) -> None:
        self.differences: list[str] = []
        self._amazon = amazon
        self._one_at_a_time = threading.Lock()

    def send(
        self,
        operation: str,
        request: dict[str, Any],
        stored: Callable[[], Item | None],
        forward: Callable[[], Reply],
    ) -> Reply:
        with self._one_at_a_time:
            if operation in ("CreateTable", "DeleteTable"):
                assert self._amazon.call(operation, request).status == 200
            call = Call.metered(operation, request) if operation in METERED else None
            if call is None:
                return forward()
            before = stored()
            reply = forward()
            after = stored() if call.is_write else None
            self._compare(call, reply, units(call, before, after))
            if call.is_write:
                self._compare_items(call, after)
        return reply

    def drop_tables(self) -> None:
        for table in self._amazon.client.list_tables()["TableNames"]:
            self._amazon.client.delete_table(TableName=table)

    def _compare(self, call: Call, reply: Reply, charged: Units) -> None:
        _expressions.add(_expressions_of(call))
        request = {**call.request, "ReturnConsumedCapacity": "TOTAL"}
        there = self._amazon.call(call.operation, request)
        here = Answer(reply[0], json.loads(reply[1] or b"{}"))
        if _seen(call, there) != _seen(call, here):
            self._differ(call, there, here)
        elif there.status == 200:
            capacity = there.body["ConsumedCapacity"]["CapacityUnits"]
            if capacity != charged.read + charged.write:
                self._differ(call, capacity, charged)

    def _compare_items(self, call: Call, here: Item | None) -> None:
        request = {"TableName": call.table, "Key": call.key, "ConsistentRead": True}
        there = self._amazon.call("GetItem", request).body.get("Item")
        if there != here:
            self._differ(call, there, here)

    def _differ(self, call: Call, there: object, here: object) -> None:
        self.differences.append(f"{call.operation} {call.request}:\n  {there}\n  but {here}")


def _seen(call: Call, answer: Answer) -> tuple[Any, ...]:
    """What a client goes by. Of updated attributes moto returns too few, those that have changed
    their value; and that nothing was found, the two say differently."""
    attributes = answer.body.get("Attributes")
    if call.request.get("ReturnValues") == "UPDATED_NEW":
        attributes = None
    return answer.status, answer.error, answer.body.get("Item") or None, attributes or None


def _expressions_of(call: Call) -> tuple[str, ...]:
    """Counters of minutes have their number in their name: one stands for all."""
    kinds = [name for name in sorted(call.request) if name.endswith("Expression")]
    found = (f"{name}: {call.request[name]}" for name in kinds)
    return call.operation, *(_MINUTES.sub(r"\1m…", each) for each in found)


@pytest.fixture(scope="session")
def amazon() -> Iterator[Amazon]:
    with dynamodb_local() as amazon:
        yield amazon


@pytest.fixture(autouse=True)
def mirror(amazon: Amazon) -> Iterator[None]:
    mirror = Mirror(amazon)
    with at_moto(mirror.send):
        yield
    mirror.drop_tables()
    if mirror.differences:
        pytest.fail("\n".join(mirror.differences[:_SHOWN]), pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.write_sep("-", "sent to Amazon's DynamoDB Local")
    for expressions in sorted(_expressions):
        terminalreporter.write_line("  ".join(expressions))
