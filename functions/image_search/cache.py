"""The response cache: one DynamoDB item for each answer, and for the right to fetch it.

An item holds an answer, a lease, or both: the stale answer and the lease of whoever renews it.
The lease's token is the moment it was taken, in milliseconds. A lease can only be taken later than
the one before, so tokens grow, and a store that names its token cannot undo a later holder's.

A broken cache never breaks a search: a table that fails is a value, not an exception.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from image_search.answers import Answer
from image_search.table_health import TableHealth, Use

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

MAX_BODY_BYTES = 400_000
"""DynamoDB takes items of 400 KB (409,600 bytes), names and the other attributes included."""
LEASE_SECONDS = 3.0
"""How long a holder that has died keeps the others waiting; a living one renews in time."""
FORGET_SECONDS = 60
"""After which an item without an answer is deleted."""

_FREE = (
    "(attribute_not_exists(lease_until) OR lease_until < :now)"
    " AND (attribute_not_exists(lease) OR lease < :now)"
)
_NOT_FRESH = " AND (attribute_not_exists(fresh_until) OR fresh_until <= :second)"
_UNCHANGED = " AND stored_at = :stored_at"


@dataclass(frozen=True)
class Entry:
    """What is known under a key. Times in milliseconds since the epoch, unless they say otherwise.

    ``lease`` is the token of the last holder, ``failure`` how its search failed. ``image_gone``:
    the answer was to be renewed by its image's name, and there was no such image.
    """

    answer: Answer | None = None
    lease: int | None = None
    lease_until: int = 0
    failure: dict[str, Any] | None = None
    image_gone: bool = False

    def is_leased(self, now: int) -> bool:
        return self.lease is not None and self.lease_until >= now


@dataclass(frozen=True)
class Granted:
    """The right to fetch; ``token`` names it."""

    token: int


@dataclass(frozen=True)
class Refused:
    """Another holds the lease, or has stored a fresh answer."""

    entry: Entry


class Unavailable:
    """The table could not be asked."""


class StoreResult(StrEnum):
    STORED = "stored"
    TOO_LARGE = "too-large"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class ResponseCache:
    """``pk`` is the cache key, ``expires_at`` the TTL attribute. ``clock``: epoch seconds."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        stale_seconds: int,
        health: TableHealth,
        logger: Logger,
        clock: Callable[[], float],
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._stale_seconds = stale_seconds
        self._logger = logger
        self._health = health
        self._clock = clock

    def read(self, key: str, *, consistent: bool = False) -> Entry | Unavailable:
        """``consistent``: see every write that has succeeded, at twice the price."""
        if self._health.is_sick(Use.ANSWERS):
            return Unavailable()
        try:
            found = self._dynamodb.get_item(
                TableName=self._table, Key=_key(key), ConsistentRead=consistent
            )
        except (BotoCoreError, ClientError) as error:
            return self._fallen_sick("read", error)
        return _entry(found.get("Item", {}))

    def acquire(
        self, key: str, *, renew: bool, known: Answer | None = None
    ) -> Granted | Refused | Unavailable:
        """Takes the lease if it is free. ``renew``: even though a fresh answer is stored.

        ``known``: the answer to renew, and no later one: another may have renewed it since.
        """
        if self._health.is_sick(Use.ANSWERS):
            return Unavailable()
        now = self._now()
        condition = _FREE
        values: dict[str, AttributeValueTypeDef] = {
            ":now": {"N": str(now)},
            ":until": {"N": str(now + int(LEASE_SECONDS * 1000))},
            ":forget": {"N": str(now // 1000 + FORGET_SECONDS)},
        }
        if not renew:
            condition += _NOT_FRESH
            values[":second"] = {"N": str(now // 1000)}
        if known is not None:
            condition += _UNCHANGED
            values[":stored_at"] = {"N": str(known.stored_at)}
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(key),
                UpdateExpression="SET lease = :now, lease_until = :until,"
                " expires_at = if_not_exists(expires_at, :forget) REMOVE failure",
                ConditionExpression=condition,
                ExpressionAttributeValues=values,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException as error:
            item: dict[str, AttributeValueTypeDef] = error.response.get("Item", {})  # type: ignore[assignment]
            return Refused(_entry(item))
        except (BotoCoreError, ClientError) as error:
            return self._fallen_sick("lease", error)
        return Granted(now)

    def renew(self, key: str, token: int) -> bool:
        """Keeps the lease for another while; False when it is another's by now."""
        until = self._now() + int(LEASE_SECONDS * 1000)
        return self._update(key, token, "SET lease_until = :value", {":value": {"N": str(until)}})

    def release(
        self,
        key: str,
        token: int,
        failure: dict[str, Any] | None = None,
        *,
        image_gone: bool = False,
    ) -> bool:
        """Gives the lease up without an answer; ``failure`` is for those who waited for one."""
        values: dict[str, AttributeValueTypeDef] = {}
        if failure is not None:
            values["failure"] = {"S": json.dumps(failure)}
        if image_gone:
            values["image_gone"] = {"BOOL": True}
        told = ", ".join(f"{name} = :{name}" for name in values)
        return self._update(
            key,
            token,
            f"{f'SET {told} ' if told else ''}REMOVE lease_until",
            {f":{name}": value for name, value in values.items()},
        )

    def store(self, key: str, token: int, answer: Answer) -> StoreResult:
        """Stores the answer and gives the lease up, in one write that only its holder can do.

        A sick table is asked all the same: others wait for this answer.
        """
        if len(answer.body) > MAX_BODY_BYTES:
            self._logger.warning("answer too large to store", bytes=len(answer.body))
            self.release(key, token)
            return StoreResult.TOO_LARGE
        try:
            self._dynamodb.put_item(
                TableName=self._table,
                Item=_item(key, answer, self._stale_seconds),
                ConditionExpression="lease = :token",
                ExpressionAttributeValues={":token": {"N": str(token)}},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return StoreResult.SUPERSEDED
        except (BotoCoreError, ClientError) as error:
            self._fallen_sick("store", error)
            return StoreResult.FAILED
        return StoreResult.STORED

    def _update(
        self, key: str, token: int, expression: str, values: dict[str, AttributeValueTypeDef]
    ) -> bool:
        """Changes the item while the lease is still ours."""
        try:
            self._dynamodb.update_item(
                TableName=self._table,
                Key=_key(key),
                UpdateExpression=expression,
                ConditionExpression="lease = :token",
                ExpressionAttributeValues={":token": {"N": str(token)}, **values},
            )
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        except (BotoCoreError, ClientError) as error:
            self._fallen_sick("lease", error)
            return False
        return True

    def _fallen_sick(self, what: str, error: Exception) -> Unavailable:
        self._health.failed(Use.ANSWERS, error)
        self._logger.warning("cache failed", operation=what, error=repr(error))
        return Unavailable()

    def _now(self) -> int:
        return round(self._clock() * 1000)


def _key(key: str) -> dict[str, AttributeValueTypeDef]:
    return {"pk": {"S": key}}


def _item(key: str, answer: Answer, stale_seconds: int) -> dict[str, AttributeValueTypeDef]:
    return {
        "pk": {"S": key},
        "body": {"B": answer.body},
        "entity_tag": {"S": answer.entity_tag},
        "stored_at": {"N": str(answer.stored_at)},
        "fresh_until": {"N": str(answer.fresh_until)},
        "expires_at": {"N": str(answer.fresh_until + stale_seconds)},
    }


def _entry(item: dict[str, AttributeValueTypeDef]) -> Entry:
    """What another version of the function, or a person, wrote differently is left out."""
    try:
        return Entry(
            answer=_answer(item) if "body" in item else None,
            lease=int(item["lease"]["N"]) if "lease" in item else None,
            lease_until=int(item["lease_until"]["N"]) if "lease_until" in item else 0,
            failure=json.loads(item["failure"]["S"]) if "failure" in item else None,
            image_gone="image_gone" in item,
        )
    except (KeyError, ValueError):
        return Entry()


def _answer(item: dict[str, AttributeValueTypeDef]) -> Answer:
    return Answer(
        body=bytes(item["body"]["B"]),
        entity_tag=item["entity_tag"]["S"],
        stored_at=int(item["stored_at"]["N"]),
        fresh_until=int(item["fresh_until"]["N"]),
    )
