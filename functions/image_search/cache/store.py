"""The response cache: one DynamoDB item for each answer, and for the lease to fetch it.

An item holds an answer, a lease, or both: the stale answer and the lease of the request that
renews it. The lease's token is the moment it was taken, in milliseconds. A lease can only be taken
later than the one before, so tokens grow, and a store that names its token cannot undo the store
of a later holder (a fencing token).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from image_search.aws.table import (
    ConditionFailed,
    Done,
    Item,
    Table,
    TableUnavailable,
    TableUse,
    Value,
)
from image_search.cache.answer import Answer

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

# DynamoDB takes items of 400 KB (409,600 bytes), names and the other attributes included.
MAX_BODY_BYTES = 400_000
# How long a holder that has died keeps the others waiting; a living one renews every second, so
# two renewals may be lost before its lease ends.
LEASE_SECONDS = 3.0
# After which an item without an answer is deleted: the most that the prefetch function may take.
FORGET_SECONDS = 60

# The last lease has ended or was given up (it then has no end), and its token is less than the new
# one, which is :now: tokens must grow even where two sandboxes ask in the same millisecond.
_NOT_LEASED = (
    "(attribute_not_exists(lease_until) OR lease_until < :now)"
    " AND (attribute_not_exists(lease) OR lease < :now)"
)
# Another has stored a fresh answer since this request looked: read it instead of fetching anew.
_NOT_FRESH = " AND (attribute_not_exists(fresh_until) OR fresh_until <= :second)"
# Another has renewed the answer since this request read it: once is enough.
_UNCHANGED = " AND stored_at = :stored_at"
# Only the last holder may write: fencing.
_HELD = "lease = :token"


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
class LeaseGranted:
    """The right to fetch; ``token`` names it."""

    token: int


@dataclass(frozen=True)
class LeaseHeld:
    """Another holds the lease, or has stored a fresh answer."""

    entry: Entry


class CacheUnavailable:
    """The table could not be asked."""


Lease = LeaseGranted | LeaseHeld | CacheUnavailable


class StoreResult(StrEnum):
    STORED = "stored"
    TOO_LARGE = "too-large"
    SUPERSEDED = "superseded"
    FAILED = "failed"


class ResponseCache:
    """``stale_seconds``: for which an answer is kept after it is no longer fresh."""

    def __init__(self, table: Table, stale_seconds: int, logger: Logger) -> None:
        self._table = table
        self._stale_seconds = stale_seconds
        self._logger = logger

    def read(self, key: str, *, consistent: bool = False) -> Entry | CacheUnavailable:
        """``consistent``: see every write that has succeeded, at twice the price."""
        found = self._table.get(TableUse.ANSWERS, key, consistent=consistent)
        return _entry(found.item) if isinstance(found, Done) else CacheUnavailable()

    def acquire(self, key: str, *, renew: bool, known: Answer | None = None) -> Lease:
        """Takes the lease if it is free. ``renew``: even though a fresh answer is stored.

        ``known``: the answer to renew, and no later one: another may have renewed it since.
        """
        now = self._table.now()
        condition = _NOT_LEASED
        values: dict[str, Value] = {
            "now": now,
            "until": _lease_end(now),
            "forget": now // 1000 + FORGET_SECONDS,
        }
        if not renew:
            condition += _NOT_FRESH
            values["second"] = now // 1000
        if known is not None:
            condition += _UNCHANGED
            values["stored_at"] = known.stored_at
        result = self._table.update(
            TableUse.ANSWERS,
            key,
            "SET lease = :now, lease_until = :until,"
            " expires_at = if_not_exists(expires_at, :forget) REMOVE failure",
            values,
            condition=condition,
        )
        match result:
            case Done():
                return LeaseGranted(now)
            case ConditionFailed(item):
                return LeaseHeld(_entry(item))
            case TableUnavailable():
                return CacheUnavailable()

    def renew(self, key: str, token: int) -> bool:
        """Keeps the lease for another ``LEASE_SECONDS``; False when it is another's by now."""
        until = _lease_end(self._table.now())
        return self._update_held(key, token, "SET lease_until = :until", until=until)

    def release(
        self,
        key: str,
        token: int,
        failure: dict[str, Any] | None = None,
        *,
        image_gone: bool = False,
    ) -> bool:
        """Gives the lease up without an answer; ``failure`` is for those who waited for one."""
        values: dict[str, Value] = {}
        if failure is not None:
            values["failure"] = json.dumps(failure)
        if image_gone:
            values["image_gone"] = True
        noted = ", ".join(f"{name} = :{name}" for name in values)
        expression = f"{f'SET {noted} ' if noted else ''}REMOVE lease_until"
        return self._update_held(key, token, expression, **values)

    def store(self, key: str, token: int, answer: Answer) -> StoreResult:
        """Stores the answer and gives the lease up, in one write that only its holder can do."""
        if len(answer.body) > MAX_BODY_BYTES:
            self._logger.warning("answer too large to store", bytes=len(answer.body))
            self.release(key, token)
            return StoreResult.TOO_LARGE
        item: dict[str, Value] = {
            "pk": key,
            "body": answer.body,
            "entity_tag": answer.entity_tag,
            "stored_at": answer.stored_at,
            "fresh_until": answer.fresh_until,
            "expires_at": answer.fresh_until + self._stale_seconds,
        }
        match self._table.put(TableUse.ANSWERS, item, _HELD, {"token": token}):
            case Done():
                return StoreResult.STORED
            case ConditionFailed():
                return StoreResult.SUPERSEDED
            case TableUnavailable():
                return StoreResult.FAILED

    def _update_held(self, key: str, token: int, expression: str, **values: Value) -> bool:
        """Changes the item while the lease is still ours."""
        result = self._table.update(
            TableUse.ANSWERS,
            key,
            expression,
            {"token": token, **values},
            condition=_HELD,
            insist=True,
        )
        return isinstance(result, Done)


def _lease_end(now: int) -> int:
    return now + int(LEASE_SECONDS * 1000)


def _entry(item: Item) -> Entry:
    return Entry(
        answer=_answer(item),
        lease=item.number("lease"),
        lease_until=item.number("lease_until") or 0,
        failure=_failure(item),
        image_gone="image_gone" in item,
    )


def _failure(item: Item) -> dict[str, Any] | None:
    try:
        failure = json.loads(item.text("failure") or "null")
    except ValueError:
        return None
    return failure if isinstance(failure, dict) else None


def _answer(item: Item) -> Answer | None:
    body, entity_tag = item.binary("body"), item.text("entity_tag")
    stored_at, fresh_until = item.number("stored_at"), item.number("fresh_until")
    if body is None or entity_tag is None or stored_at is None or fresh_until is None:
        return None
    return Answer(body, entity_tag, stored_at, fresh_until)
