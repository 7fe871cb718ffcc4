"""Counters in the cache table, an item for each day.

One conditional write counts and decides, so that no more than the limit is ever granted, whatever
is asked at once. Without the table nothing is counted and nothing refused. A counter that is no
number, or below zero, is not ours: it is removed, and counting begins anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from image_search.aws.table import (
    ConditionFailed,
    Item,
    Result,
    Table,
    TableRejected,
    TableUnavailable,
    TableUse,
    Value,
)

DAY = 86_400
# For which a counter outlives its day, as clocks differ.
_KEPT_SECONDS = 60
# Exhausted windows that a sandbox remembers, so that a caller who goes on asking costs no writes.
# 10,000 names of 100 bytes are a megabyte.
_REMEMBERED_WINDOWS = 10_000


@dataclass(frozen=True)
class Counted:
    """What the counters stand at now."""

    counts: Mapping[str, int]


@dataclass(frozen=True)
class LimitReached:
    """Nothing was counted, as one counter is at its limit. ``counts``: what they stand at."""

    counts: Mapping[str, int] = field(default_factory=dict)


class NotCounted:
    """The table could not be asked."""


class Counters:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._exhausted: set[str] = set()

    def increment(
        self,
        item_id: str,
        by: Mapping[str, int],
        limits: Mapping[str, int],
        expires_at: int,
        remove: tuple[str, ...] = (),
    ) -> Counted | LimitReached | NotCounted:
        """Adds ``by`` to the counters of one item, unless one would exceed its limit.

        ``limits``: the most that a counter may come to; ``remove``: counters that are over;
        ``expires_at``: the end of the item's day, in epoch seconds.
        """
        added = ", ".join(f"{name} :{name}" for name in by)
        removed = f" REMOVE {', '.join(remove)}" if remove else ""
        # A condition sees the item as it was: a counter may stand at its limit less what is added.
        before = {f"most_{name}": limit - by[name] for name, limit in limits.items()}
        values: dict[str, Value] = {"end": expires_at + _KEPT_SECONDS, "zero": 0, **by, **before}

        def add() -> Result:
            return self._table.update(
                TableUse.LIMITS,
                f"limit#{item_id}",
                f"SET expires_at = :end ADD {added}{removed}",
                values,
                condition=" AND ".join(map(_within_limit, limits)),
                returns="UPDATED_NEW",
            )

        result = add()
        if self._removed_damaged(f"limit#{item_id}", result, limits):
            result = add()
        match result:
            case TableUnavailable():
                return NotCounted()
            case ConditionFailed(item):
                return LimitReached(item.numbers())
            case _:
                return Counted(result.item.numbers())

    def _removed_damaged(self, key: str, result: Result, limits: Mapping[str, int]) -> bool:
        """Whether there were counters that nothing can be added to, and they are gone."""
        match result:
            case TableRejected():  # such as a fraction to whose digits 1 cannot be added
                damaged, condition, values = list(limits), "", {}
            case ConditionFailed(item):
                damaged = [name for name in limits if _is_damaged(item, name)]
                # Another may have removed them, and have counted since.
                condition = " AND ".join(f"NOT {name} >= :zero" for name in damaged)
                values = {"zero": 0}
            case _:
                return False
        if not damaged:
            return False
        self._table.report_damage(TableUse.LIMITS, key)
        expression = f"REMOVE {', '.join(damaged)}"
        removed = self._table.update(TableUse.LIMITS, key, expression, values, condition=condition)
        return not isinstance(removed, TableUnavailable)

    def is_exhausted(self, window: str) -> bool:
        """Whether the sandbox knows that nothing is left in the window."""
        return window in self._exhausted

    def remember_exhausted(self, window: str) -> None:
        if len(self._exhausted) >= _REMEMBERED_WINDOWS:
            self._exhausted.clear()
        self._exhausted.add(window)


def _within_limit(name: str) -> str:
    return f"(attribute_not_exists({name}) OR ({name} >= :zero AND {name} <= :most_{name}))"


def _is_damaged(item: Item, name: str) -> bool:
    """Whether it is there, and ``NOT name >= :zero``."""
    return name in item and item.attributes[name].get("N", "-").startswith("-")
