"""The stored answers: one DynamoDB item for each.

An answer's ``rev`` is a random text, new with each store. A store replaces the answer only if it
still has the ``rev`` that the storing request read before it searched (a fencing token), so that a
holder of a lease that has slept cannot overwrite what was stored meanwhile.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import uuid4

from image_search.aws.table import (
    ConditionFailed,
    Done,
    Item,
    Table,
    TableThrottled,
    TableUse,
    Value,
)
from image_search.cache.answer import Answer
from image_search.deadline import Deadline

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

# DynamoDB takes items of 400 KB (409,600 bytes), names and the other attributes included.
MAX_BODY_BYTES = 400_000

# Seconds between tries of a read that is throttled: DynamoDB counts by the second. The client has
# tried twice each time.
_THROTTLED_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.6, 0.6)
# What must be left for another try: the longest pause, the try, and the answer.
_LAST_TRY_SECONDS = 2.0

# There is none yet (or what another wrote there, which may be of any type: no comparison holds for
# it), it is the one that was read, or this very write was done and its reply lost.
_FENCED = "NOT rev > :empty OR rev = :read OR rev = :rev"
# Equals no ``rev``.
_NONE = "-"


@dataclass(frozen=True)
class Entry:
    """What is stored under a key: an answer and its ``rev``, or nothing."""

    answer: Answer | None = None
    rev: str | None = None


class CacheUnavailable:
    """The table could not be asked."""


class StoreResult(StrEnum):
    STORED = "stored"
    TOO_LARGE = "too-large"
    SUPERSEDED = "superseded"
    FAILED = "failed"


@dataclass(frozen=True)
class Stored:
    """What came of a store. ``rev``: the answer's, if it was stored."""

    result: StoreResult
    rev: str | None = None


class ResponseCache:
    """``stale_seconds``: for which an answer is kept after it is no longer fresh.

    ``pause``: sleeps, for seconds.
    """

    def __init__(
        self,
        table: Table,
        stale_seconds: int,
        logger: Logger,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = pause
        self._table = table
        self._stale_seconds = stale_seconds
        self._logger = logger

    def read(
        self, key: str, deadline: Deadline | None = None, *, consistent: bool = False
    ) -> Entry | CacheUnavailable:
        """``consistent``: see every write that has succeeded, at twice the price.

        Tried for two seconds while DynamoDB throttles it, though not until the deadline: what is
        read too often is what many want, who must not all go upstream.
        """
        found = self._table.get(TableUse.ANSWERS, key, consistent=consistent)
        for pause in _THROTTLED_PAUSES:
            if not isinstance(found, TableThrottled) or _is_near(deadline):
                break
            self._pause(pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret is made of it
            found = self._table.get(TableUse.ANSWERS, key, consistent=consistent)
        if not isinstance(found, Done):
            return CacheUnavailable()
        entry = _entry(found.item)
        if found.item.attributes and not (entry.answer and entry.rev):
            self._table.report_damage(TableUse.ANSWERS, key)
        return entry

    def store(self, key: str, answer: Answer, read: Entry) -> Stored:
        """Stores the answer unless another was stored since ``read``."""
        if len(answer.body) > MAX_BODY_BYTES:
            self._logger.warning("answer too large to store", bytes=len(answer.body))
            return Stored(StoreResult.TOO_LARGE)
        rev = uuid4().hex[:16]
        item: dict[str, Value] = {
            "pk": key,
            "body": answer.body,
            "tag": bytes.fromhex(answer.entity_tag),
            "rev": rev,
            "stored_at": answer.stored_at,
            "fresh_until": answer.fresh_until,
            "expires_at": answer.fresh_until + self._stale_seconds,
        }
        fence: dict[str, Value] = {"read": read.rev or _NONE, "rev": rev, "empty": ""}
        match self._table.put(TableUse.ANSWERS, item, _FENCED, fence):
            case Done():
                return Stored(StoreResult.STORED, rev)
            case ConditionFailed():
                return Stored(StoreResult.SUPERSEDED)
            case _:
                return Stored(StoreResult.FAILED)


def _is_near(deadline: Deadline | None) -> bool:
    return deadline is not None and deadline.remaining() < _LAST_TRY_SECONDS


def _entry(item: Item) -> Entry:
    return Entry(_answer(item), item.text("rev"))


def _answer(item: Item) -> Answer | None:
    body, entity_tag = item.binary("body"), item.binary("tag")
    stored_at, fresh_until = item.number("stored_at"), item.number("fresh_until")
    if body is None or entity_tag is None or stored_at is None or fresh_until is None:
        return None
    answer = Answer(body, entity_tag.hex(), stored_at, fresh_until)
    return answer if answer.is_plausible() else None
