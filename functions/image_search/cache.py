"""The response cache: one DynamoDB item for each answer.

A broken cache never breaks a search: a table that fails is a miss with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from image_search.answers import Answer
from image_search.cache_status import Forwarded

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

MAX_BODY_BYTES = 400_000
"""DynamoDB takes items of 400 KB (409,600 bytes), names and the other attributes included."""


@dataclass(frozen=True)
class Hit:
    answer: Answer


@dataclass(frozen=True)
class Miss:
    """No answer that can be used; ``detail`` says so when the table could not be asked."""

    forwarded: Forwarded = Forwarded.MISS
    detail: str | None = None


class StoreResult(StrEnum):
    STORED = "stored"
    TOO_LARGE = "too-large"
    FAILED = "failed"


class ResponseCache:
    """``pk`` is the cache key, ``expires_at`` the TTL attribute."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, logger: Logger) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._logger = logger

    def get(self, key: str, now: int) -> Hit | Miss:
        """``now`` decides on freshness: DynamoDB deletes what has expired hours late."""
        try:
            found = self._dynamodb.get_item(TableName=self._table, Key={"pk": {"S": key}})
        except (BotoCoreError, ClientError) as error:
            self._logger.warning("cache read failed", error=repr(error))
            return Miss(detail="cache-unavailable")
        item = found.get("Item")
        answer = _answer(item) if item else None
        if answer is None:
            return Miss()
        return Hit(answer) if answer.freshness(now) else Miss(Forwarded.STALE)

    def put(self, key: str, answer: Answer) -> StoreResult:
        if len(answer.body) > MAX_BODY_BYTES:
            self._logger.warning("answer too large to store", bytes=len(answer.body))
            return StoreResult.TOO_LARGE
        try:
            self._dynamodb.put_item(TableName=self._table, Item=_item(key, answer))
        except (BotoCoreError, ClientError) as error:
            self._logger.warning("cache write failed", error=repr(error))
            return StoreResult.FAILED
        return StoreResult.STORED


def _item(key: str, answer: Answer) -> dict[str, AttributeValueTypeDef]:
    return {
        "pk": {"S": key},
        "body": {"B": answer.body},
        "entity_tag": {"S": answer.entity_tag},
        "stored_at": {"N": str(answer.stored_at)},
        "fresh_until": {"N": str(answer.fresh_until)},
        "expires_at": {"N": str(answer.fresh_until)},
    }


def _answer(item: dict[str, AttributeValueTypeDef]) -> Answer | None:
    """None when another version of the function, or a person, wrote something else."""
    try:
        return Answer(
            body=bytes(item["body"]["B"]),
            entity_tag=item["entity_tag"]["S"],
            stored_at=int(item["stored_at"]["N"]),
            fresh_until=int(item["fresh_until"]["N"]),
        )
    except (KeyError, ValueError):
        return None
