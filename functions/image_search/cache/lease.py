"""The lease to fetch an answer: a small item of its own beside the answer's.

DynamoDB charges an update, and a failed condition too, by the size of the item it touches: on the
answer's own item, 9 KB, each step of a lease would cost 10 write units instead of 1.

* ``holder`` is the grant's token, a random text. Each grant has a new one.
* ``beat`` counts the holder's signs of life, one a second.
* ``ended`` says that the holder is done, and ``failure``, ``unstored`` or ``rev`` what came of
  it: an error for those who waited, a reason why there is no answer to wait for, or the version of
  the answer that was stored.
* ``handed_over`` says that the holder is yet to come: a background search, which adopts the lease.

No time is written down or compared, as sandboxes' clocks may differ by minutes. Who waits measures
by its own monotonic clock for how long the token and the beat that it sees stay the same. The
item's TTL, ``expires_at``, only tidies up.

Each conditional write also holds where its own token stands already: a write whose reply was lost
is sent again by the client, and must not fail on itself.

An item that another wrote, without a text for a holder or a number for a beat, is a free lease:
neither could be waited for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from image_search.aws.table import (
    ConditionFailed,
    Done,
    Item,
    Result,
    Table,
    TableThrottled,
    TableUse,
    Value,
)
from image_search.errors import SharedError

# An ended lease still tells what came of it. Long after its last waiter (30 s) and any clock's
# error; DynamoDB deletes late anyway.
KEPT_SECONDS = 6 * 3600

LEASE_SUFFIX = "#lease"

# A write that arrives twice, the second time after the end, must not bring the lease back.
_HELD = "holder = :mine AND attribute_not_exists(ended)"
# No comparison holds for what is absent, or of another type.
_NO_LEASE = "NOT holder > :empty OR NOT beat >= :zero"
_FREE = f"{_NO_LEASE} OR (attribute_exists(ended) AND holder <> :mine) OR ({_HELD})"
_AS_SEEN = f"{_NO_LEASE} OR (holder = :seen AND attribute_exists(ended)) OR ({_HELD})"
_UNCHANGED = f"(holder = :seen AND beat = :beat AND attribute_not_exists(ended)) OR ({_HELD})"
_WITHOUT_BEAT = f"(holder = :seen AND attribute_not_exists(ended)) OR ({_HELD})"
_ADOPTABLE = f"(holder = :seen AND attribute_exists(handed_over)) OR ({_HELD})"
# Equals no token.
_NONE = "-"


@dataclass(frozen=True)
class Lease:
    """What is seen of a lease; ``token`` is empty where there never was one.

    ``beat`` is None where it is a fraction, which another wrote.
    """

    token: str = ""
    beat: int | None = 0
    ended: bool = False
    handed_over: bool = False
    failure: dict[str, Any] | None = None
    unstored: str | None = None
    version: str | None = None

    @property
    def is_free(self) -> bool:
        return not self.token or self.ended


@dataclass(frozen=True)
class LeaseGranted:
    """``token`` names the grant. ``before``: the lease as it was; None after a retried write."""

    token: str
    before: Lease | None


@dataclass(frozen=True)
class LeaseHeld:
    """By another; ``lease`` is what is seen of it."""

    lease: Lease


class LeaseThrottled:
    """DynamoDB takes no call of it for now: the lease may be free or held."""


class LeaseUnavailable:
    """The table could not be asked."""


Sighting = Lease | LeaseThrottled | LeaseUnavailable
Grant = LeaseGranted | LeaseHeld | LeaseThrottled | LeaseUnavailable


class Leases:
    """Takes, keeps and ends leases; ``key`` is the answer's."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, key: str, *, consistent: bool = False) -> Sighting:
        """It says whether to try, or to wait, for which a copy that lags behind will do.

        ``consistent``: see every write that has succeeded, at twice the price.
        """
        match self._table.get(TableUse.LEASE, _id(key), consistent=consistent):
            case Done(item):
                return _lease(item)
            case TableThrottled():
                return LeaseThrottled()
            case _:
                return LeaseUnavailable()

    def acquire(self, key: str) -> Grant:
        """Takes the lease if it is free."""
        return self._take(key, _FREE, {"empty": ""})

    def acquire_as_seen(self, key: str, seen: Lease, *, handed_over: bool = False) -> Grant:
        """Takes the lease if it is free, and no other had it since it was ``seen`` so.

        ``handed_over``: for a background search to adopt.
        """
        values: dict[str, Value] = {"seen": seen.token or _NONE, "empty": ""}
        return self._take(key, _AS_SEEN, values, handed_over=handed_over)

    def take_over(self, key: str, seen: Lease, *, handed_over: bool = False) -> Grant:
        """Takes the lease from a holder that has given no sign of life since it was ``seen``."""
        values: dict[str, Value] = {"seen": seen.token}
        if seen.beat is None:
            return self._take(key, _WITHOUT_BEAT, values, handed_over=handed_over)
        values["beat"] = seen.beat
        return self._take(key, _UNCHANGED, values, handed_over=handed_over)

    def adopt(self, key: str, token: str) -> Grant:
        """Takes the lease that was handed over under this token: once, and no second time."""
        return self._take(key, _ADOPTABLE, {"seen": token})

    def renew(self, key: str, token: str) -> bool:
        """Gives a sign of life; False when the lease is another's by now, or has ended."""
        result = self._update(key, "ADD beat :one", _HELD, {"mine": token, "one": 1}, insist=True)
        return not isinstance(result, ConditionFailed)

    def end(
        self,
        key: str,
        token: str,
        *,
        failure: dict[str, Any] | None = None,
        unstored: str | None = None,
        version: str | None = None,
    ) -> None:
        """Says what came of it, if the lease is still this holder's; others may wait for that."""
        values: dict[str, Value] = {"ended": True}
        if failure is not None:
            values["failure"] = json.dumps(failure)
        if unstored is not None:
            values["unstored"] = unstored
        if version is not None:
            values["rev"] = version
        said = ", ".join(f"{name} = :{name}" for name in values)
        expression = f"SET {said} REMOVE handed_over"
        self._update(key, expression, _HELD, {"mine": token, **values}, insist=True)

    def _take(
        self, key: str, condition: str, values: dict[str, Value], *, handed_over: bool = False
    ) -> Grant:
        token = uuid4().hex[:16]
        first: dict[str, Value] = {
            "mine": token,
            "zero": 0,
            "end": self._table.now() // 1000 + KEPT_SECONDS,
        }
        set_flag, removed = "", "ended, failure, unstored, rev"
        if handed_over:
            set_flag, first["yes"] = ", handed_over = :yes", True
        else:
            removed += ", handed_over"
        result = self._update(
            key,
            f"SET holder = :mine, beat = :zero, expires_at = :end{set_flag} REMOVE {removed}",
            condition,
            {**first, **values},
        )
        match result:
            case Done(item):
                if item.attributes and not _is_lease(item):
                    self._table.report_damage(TableUse.LEASE, _id(key))
                before = _lease(item)
                return LeaseGranted(token, None if before.token == token else before)
            case ConditionFailed(item):
                return LeaseHeld(_lease(item))
            case TableThrottled():
                return LeaseThrottled()
            case _:
                return LeaseUnavailable()

    def _update(
        self,
        key: str,
        expression: str,
        condition: str,
        values: dict[str, Value],
        *,
        insist: bool = False,
    ) -> Result:
        return self._table.update(
            TableUse.LEASE,
            _id(key),
            expression,
            values,
            condition=condition,
            returns="ALL_OLD",
            insist=insist,
        )


def _id(key: str) -> str:
    """Begins as the answer's, which is how a purge finds both."""
    return key + LEASE_SUFFIX


def _is_lease(item: Item) -> bool:
    """Whether ``_NO_LEASE`` does not hold for it."""
    beat = item.attributes.get("beat", {}).get("N", "-")
    return bool(item.text("holder")) and not beat.startswith("-")


def _lease(item: Item) -> Lease:
    if not _is_lease(item):
        return Lease()
    return Lease(
        token=item.text("holder") or "",
        beat=item.number("beat"),
        ended="ended" in item,
        handed_over="handed_over" in item,
        failure=SharedError.parse(item.text("failure")),
        unstored=item.text("unstored"),
        version=item.text("rev"),
    )
