"""What may be spent: searches and upload forms by each caller, and upstream calls by all.

A counter is one item of the cache table for each window. One conditional write counts and decides,
so that no more than the limit is ever granted, whatever is asked at once. A table that fails blocks
nobody: what cannot be counted is free.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from image_search.allowance import Allowance, Quota
from image_search.caller import Caller
from image_search.credentials import CredentialsStore
from image_search.errors import FuseBlown, RateLimited
from image_search.table_health import TableHealth, Use

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_dynamodb import DynamoDBClient

MINUTE, DAY = 60, 86_400
LONGEST_RETRY_AFTER = 300
"""Of the fuse, in seconds: an operator may raise it at any time."""
_KEPT_SECONDS = 60
"""For which a counter outlives its window, as clocks differ."""
_REMEMBERED = 10_000
"""How many counters that are used up a sandbox keeps in mind."""


@dataclass(frozen=True)
class Limits:
    """Each at least 1: by caller for a minute and a day, and for the whole deployment a day."""

    searches_per_minute: int
    searches_per_day: int
    upstream_calls_per_day: int


class Budgets:
    """``clock``: epoch seconds."""

    def __init__(
        self,
        dynamodb: DynamoDBClient,
        table: str,
        limits: Limits,
        credentials: CredentialsStore,
        health: TableHealth,
        logger: Logger,
        clock: Callable[[], float],
    ) -> None:
        self._dynamodb = dynamodb
        self._table = table
        # The minute first: what it refuses must not be taken from the day.
        self._quotas = (
            Quota("minute", limits.searches_per_minute, MINUTE),
            Quota("day", limits.searches_per_day, DAY),
        )
        self._fuse = Quota("upstream-calls", limits.upstream_calls_per_day, DAY)
        self._credentials = credentials
        self._health = health
        self._logger = logger
        self._clock = clock
        self._used_up: set[str] = set()

    def spend(self, caller: Caller) -> Allowance | None:
        """Counts one search or upload form; None when it could not be counted.

        Raises ``RateLimited`` when the caller has none left, and ``UpstreamUnavailable`` when the
        secret that pseudonyms are made with cannot be read.
        """
        name = caller.pseudonym(self._credentials.get().key)
        now = self._clock()
        left: list[Allowance] = []
        for quota in self._quotas:
            remaining = self._count(f"{name}#{quota.name}", quota, now)
            if remaining is None:
                return None
            reset = math.ceil(quota.window(now)[1] - now)
            if remaining < 0:
                raise RateLimited(Allowance(self._quotas, quota, 0, reset))
            left.append(Allowance(self._quotas, quota, remaining, reset))
        return min(left, key=lambda allowance: allowance.remaining)

    def spend_upstream_call(self) -> None:
        """Counts one call upstream. Raises ``FuseBlown`` when the day has none left."""
        now = self._clock()
        remaining = self._count(self._fuse.name, self._fuse, now)
        if remaining is not None and remaining < 0:
            reset = math.ceil(self._fuse.window(now)[1] - now)
            raise FuseBlown(
                retry_after=min(reset, LONGEST_RETRY_AFTER),
                detail=f"the fuse: {self._fuse.limit} upstream calls have been made today",
            )

    def _count(self, name: str, quota: Quota, now: float) -> int | None:
        """How many are left after this one: -1 when there was none, None when nobody knows."""
        start, end = quota.window(now)
        key = f"budget#{name}#{start}"
        if key in self._used_up:
            return -1  # without a write: whoever goes on asking must not wear the table out
        if self._health.is_sick(Use.BUDGETS):
            return None
        try:
            used = self._add_one(key, quota.limit, end)
        except self._dynamodb.exceptions.ConditionalCheckFailedException:
            self._remember(key)
            return -1
        except (BotoCoreError, ClientError) as error:
            self._health.failed(Use.BUDGETS, error)
            self._logger.warning("budgets not counted", error=repr(error))
            return None
        return quota.limit - used

    def _add_one(self, key: str, limit: int, end: int) -> int:
        found = self._dynamodb.update_item(
            TableName=self._table,
            Key={"pk": {"S": key}},
            UpdateExpression="SET expires_at = :end ADD used :one",
            ConditionExpression="attribute_not_exists(used) OR used < :limit",
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":limit": {"N": str(limit)},
                ":end": {"N": str(end + _KEPT_SECONDS)},
            },
            ReturnValues="UPDATED_NEW",
        )
        return int(found["Attributes"]["used"]["N"])

    def _remember(self, key: str) -> None:
        if len(self._used_up) >= _REMEMBERED:
            self._used_up.clear()
        self._used_up.add(key)
