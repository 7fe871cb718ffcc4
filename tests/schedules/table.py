"""The table, behind a wire on which much goes wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)

from image_search.aws.json_client.client import DynamoDb
from image_search.aws.json_client.connections import Response
from image_search.cache.lease import LEASE_SUFFIX
from schedules.expressions import Attributes, holds, updated
from schedules.faults import Fault, Faults
from schedules.judge import Judge
from schedules.observer import Observer
from schedules.world import Task, World

_URL = "https://dynamodb.test"
# As the function's own client has it.
TIMEOUT_SECONDS = 1.0
# By how much an eventually consistent read may lag behind.
LONGEST_LAG_SECONDS = 0.5

_JUDGE = Judge()


@dataclass(frozen=True)
class Call:
    """One call as it is sent. ``use``: answers, lease, circuit, limits or tickets."""

    operation: str
    arguments: Mapping[str, Any]

    @property
    def key(self) -> str:
        found = self.arguments.get("Key") or self.arguments["Item"]
        return str(found["pk"]["S"])

    @property
    def use(self) -> str:
        if self.key.endswith(LEASE_SUFFIX):
            return "lease"
        if self.key.startswith("limit#"):
            return "limits"
        if self.key.startswith("ticket#"):
            return "tickets"
        return "circuit" if self.key == "breaker" else "answers"

    @property
    def is_write(self) -> bool:
        return self.operation != "GetItem"

    def __str__(self) -> str:
        values = _Shown({"Item": self.arguments.get("ExpressionAttributeValues", {})})
        expression = self.arguments.get("UpdateExpression", "")
        return f"{self.operation} {self.use} {self.key[:4]} {expression} {values}"


@dataclass(frozen=True)
class _Shown:
    """An answer's item for the trace."""

    answer: Mapping[str, Any]

    def __str__(self) -> str:
        item = self.answer.get("Item") or self.answer.get("Attributes") or {}
        values = {name: next(iter(value.values())) for name, value in item.items()}
        return " ".join(
            f"{n}={v}"[:60] for n, v in values.items() if n not in ("pk", "tag", "body")
        )


class ServedTable:
    """What all sandboxes' clients talk to."""

    def __init__(self, world: World, observer: Observer) -> None:
        self._world = world
        self._observer = observer
        self._items: dict[str, Attributes] = {}
        self.judged = 0
        # Versions of each item, and since when, for reads that lag behind.
        self._versions: dict[str, list[tuple[float, Attributes]]] = {}

    def put(self, item: Attributes) -> None:
        """Before anything begins."""
        self._items[item["pk"]["S"]] = item
        self._observer.placed(item["pk"]["S"], item)
        self._versions[item["pk"]["S"]] = [(-1e9, item)]

    def item(self, key: str) -> Attributes:
        """Empty when there is none."""
        return self._items.get(key, {})

    def read(self, call: Call, lag: float) -> dict[str, Any]:
        if call.arguments.get("ConsistentRead") or not lag:
            item = self.item(call.key)
        else:
            versions = self._versions.get(call.key, [])
            past = [each for since, each in versions if since <= self._world.now - lag]
            item = past[-1] if past else {}
            if item != self.item(call.key):
                self._world.count("stale read")
        return {"Item": item} if item else {}

    def write(self, call: Call, by: Task) -> tuple[int, dict[str, Any]]:
        """Status and body, as DynamoDB answers."""
        before = self.item(call.key)
        after = _result(call, before)
        if _JUDGE.is_to_judge(call.arguments):
            self.judged += 1
            assert after == _JUDGE.result(call.operation, call.arguments, before), (call, before)
        if after is None:
            error = {"__type": "com.amazonaws#ConditionalCheckFailedException"}
            return 400, {**error, **({"Item": before} if before else {})}
        self._items[call.key] = after
        versions = self._versions.setdefault(call.key, [(-1e9, {})])
        versions.append((self._world.now, after))
        del versions[:-20]
        self._observer.written(call, before, after, by)
        return 200, _returned(call.arguments.get("ReturnValues", "NONE"), before, after)


def _result(call: Call, before: Attributes) -> Attributes | None:
    """The item afterwards, empty for none; None where the condition does not hold."""
    given = call.arguments
    values = given.get("ExpressionAttributeValues", {})
    if not holds(given.get("ConditionExpression", ""), before, values):
        return None
    if call.operation == "PutItem":
        return dict(given["Item"])
    if call.operation == "DeleteItem":
        return {}
    return updated(given["UpdateExpression"], dict(given["Key"]), before, values)


class Wire(DynamoDb):
    """The function's own client, with its retries; only what it sends goes to ``ServedTable``."""

    def __init__(
        self, world: World, table: ServedTable, faults: Faults, observer: Observer
    ) -> None:
        self._world = world
        self._table = table
        self._faults = faults
        self._observer = observer

    def _call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        began = self._world.now
        self._observer.begins()
        try:
            return super()._call(operation, parameters)
        except self.exceptions.ConditionalCheckFailedException:
            raise
        except (BotoCoreError, ClientError) as error:
            self._observer.failed(Call(operation, parameters), error)
            raise
        finally:
            self._observer.took(began)

    def _send(self, operation: str, body: bytes) -> Response:
        task = self._world.current
        assert task is not None
        call = Call(operation, json.loads(body))
        fault = self._faults.fault(call.use, is_write=call.is_write)
        self._world.sleep(self._faults.latency())
        if fault is not Fault.NONE:
            self._world.count(f"table {fault}")
            self._world.note(fault.upper(), call)
            task.host.faulted_at = self._world.now
        match fault:
            case Fault.THROTTLED:
                return _error("ProvisionedThroughputExceededException")
            case Fault.DENIED:
                return _error("AccessDeniedException")
            case Fault.SLOW | Fault.LATE:
                if fault is Fault.LATE and call.is_write:
                    self._write_later(call, task)
                self._world.sleep(TIMEOUT_SECONDS)
                raise ReadTimeoutError(endpoint_url=_URL)
            case Fault.LOST:
                self._answer(call, task)
                self._world.sleep(self._faults.latency())
                raise ConnectionClosedError(endpoint_url=_URL)
        status, answer = self._answer(call, task)
        self._world.note(call, status, _Shown(answer))
        self._world.sleep(self._faults.latency())
        self._observer.answered(call, status, answer)
        return Response(status, {}, json.dumps(answer).encode())

    def _answer(self, call: Call, task: Task) -> tuple[int, dict[str, Any]]:
        if call.is_write:
            return self._table.write(call, task)
        return 200, self._table.read(call, self._faults.lag(LONGEST_LAG_SECONDS))

    def _write_later(self, call: Call, task: Task) -> None:
        def write() -> None:
            status, _ = self._table.write(call, task)
            self._world.note("LATE, for", task.host.name, call, status)

        self._world.at(self._world.random.uniform(0.2, 6), write)


def _error(code: str) -> Response:
    return Response(400, {}, json.dumps({"__type": f"com.amazonaws#{code}"}).encode())


def _returned(which: str, before: Attributes, after: Attributes) -> dict[str, Any]:
    match which:
        case "ALL_OLD":
            return {"Attributes": before} if before else {}
        case "ALL_NEW":
            return {"Attributes": after}
        case "UPDATED_NEW":
            changed = {name: v for name, v in after.items() if before.get(name) != v}
            return {"Attributes": changed}
    return {}
