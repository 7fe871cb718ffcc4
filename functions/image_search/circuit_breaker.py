"""Keeps searches from an upstream that is down, so that each costs milliseconds and not seconds.

The circuit is closed while upstream answers, and opens after some failures in a row. When its time
is over, one search probes: the circuit closes if that succeeds, and opens again if it fails.

All sandboxes share it, as one item of the cache table; each reads it at most once a second, and
only on its way upstream. A table that fails blocks nobody: without it the circuit is closed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from image_search.errors import CircuitOpen
from image_search.table_health import TableHealth, Use

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Item = dict[str, AttributeValueTypeDef]

THRESHOLD = 8
"""Failures in a row that open the circuit."""
OPEN_SECONDS = 10
PROBE_SECONDS = 25
"""A probe's own time; when nothing was heard of it by then, another is sent."""
READ_SECONDS = 1.0
"""For how long a sandbox believes what it has read."""
FORGET_SECONDS = 3600
"""After which the item is deleted, if no success has done so."""

_KEY: Item = {"pk": {"S": "breaker"}}
_NOBODY = -1


@dataclass(frozen=True)
class _Circuit:
    """``failures`` in a row; times in milliseconds since the epoch, 0 for none."""

    failures: int = 0
    open_until: int = 0
    probe_until: int = 0


class CircuitBreaker:
    """For one search at a time. ``clock``: epoch seconds."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        health: TableHealth,
        logger: Logger,
        clock: Callable[[], float],
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._health = health
        self._logger = logger
        self._clock = clock
        self._circuit = _Circuit()
        self._read_again_at = 0.0
        self._probe = _NOBODY

    def refuse_if_open(self) -> None:
        """Raises ``CircuitOpen`` while there is no use in asking upstream."""
        circuit, now = self._read(), self._now()
        if now < circuit.open_until:
            raise _refusal(circuit.open_until - now)
        if circuit.open_until and now <= circuit.probe_until:
            raise _refusal()

    def enter(self) -> None:
        """The same, just before upstream is asked; lets one caller probe a circuit half open."""
        self._probe = _NOBODY
        self.refuse_if_open()
        if self._circuit.open_until:
            self._take_probe()

    def succeeded(self) -> None:
        """Upstream has answered, be it that the request was wrong."""
        self._probe = _NOBODY
        if self._circuit == _Circuit():
            return
        self._logger.info("circuit closed", failures=self._circuit.failures)
        self._know(_Circuit())
        if self._is_sick():
            return
        try:
            self._dynamodb.delete_item(TableName=self._table, Key=_KEY)
        except (BotoCoreError, ClientError) as error:
            self._fallen_sick(error)

    def failed(self) -> None:
        """Upstream has failed, or was not reached."""
        probe, self._probe = self._probe, _NOBODY
        if self._is_sick():
            return
        try:
            self._count()
            if self._circuit.failures >= THRESHOLD:
                self._open(probe)
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return  # closed by a success, or opened by another
        except (BotoCoreError, ClientError) as error:
            self._fallen_sick(error)

    def _read(self) -> _Circuit:
        if self._is_sick():
            self._circuit = _Circuit()
            return self._circuit
        if self._clock() < self._read_again_at:
            return self._circuit
        try:
            found = self._dynamodb.get_item(TableName=self._table, Key=_KEY)
        except (BotoCoreError, ClientError) as error:
            self._fallen_sick(error)
        else:
            self._know(_circuit(found.get("Item", {})))
        return self._circuit

    def _take_probe(self) -> None:
        now = self._now()
        probe = now + PROBE_SECONDS * 1000
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=_KEY,
                UpdateExpression="SET probe_until = :probe",
                ConditionExpression="open_until <= :now"
                " AND (attribute_not_exists(probe_until) OR probe_until < :now)",
                ExpressionAttributeValues={":probe": _number(probe), ":now": _number(now)},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException as error:
            self._know(_circuit(error.response.get("Item", {})))  # type: ignore[arg-type]
            # Nothing is wrong any more if the item is gone.
            self.refuse_if_open()
        except (BotoCoreError, ClientError) as error:
            self._fallen_sick(error)
        else:
            self._probe = probe

    def _count(self) -> None:
        found = self._dynamodb.update_item(
            TableName=self._table,
            Key=_KEY,
            UpdateExpression="ADD failures :one SET expires_at = :forget",
            ExpressionAttributeValues={
                ":one": _number(1),
                ":forget": _number(int(self._clock()) + FORGET_SECONDS),
            },
            ReturnValues="ALL_NEW",
        )
        self._know(_circuit(found["Attributes"]))

    def _open(self, probe: int) -> None:
        """Only for the failure that closes the count, or the probe's: a search that was already
        under way when the circuit opened tells nothing new when it fails at last."""
        until = self._now() + OPEN_SECONDS * 1000
        self._dynamodb.update_item(
            TableName=self._table,
            Key=_KEY,
            UpdateExpression="SET open_until = :until REMOVE probe_until",
            ConditionExpression="failures >= :threshold"
            " AND (attribute_not_exists(open_until) OR probe_until = :probe)",
            ExpressionAttributeValues={
                ":until": _number(until),
                ":threshold": _number(THRESHOLD),
                ":probe": _number(probe),
            },
        )
        self._know(_Circuit(self._circuit.failures, open_until=until))
        self._logger.warning("circuit opened", failures=self._circuit.failures)

    def _know(self, circuit: _Circuit) -> None:
        self._circuit = circuit
        self._read_again_at = self._clock() + READ_SECONDS

    def _fallen_sick(self, error: Exception) -> None:
        self._circuit = _Circuit()
        self._read_again_at = 0.0
        self._health.failed(Use.CIRCUIT, error)
        self._logger.warning("circuit breaker failed", error=repr(error))

    def _is_sick(self) -> bool:
        return self._health.is_sick(Use.CIRCUIT)

    def _now(self) -> int:
        return int(self._clock() * 1000)


def _refusal(milliseconds: int = 0) -> CircuitOpen:
    seconds = max(1, math.ceil(milliseconds / 1000))
    return CircuitOpen(retry_after=seconds, detail="circuit open")


def _number(value: int) -> AttributeValueTypeDef:
    return {"N": str(value)}


def _circuit(item: Item) -> _Circuit:
    """What another version of the function, or a person, wrote differently is left out."""
    try:
        return _Circuit(
            *(
                int(item[name]["N"]) if name in item else 0
                for name in ("failures", "open_until", "probe_until")
            )
        )
    except (KeyError, ValueError):
        return _Circuit()
