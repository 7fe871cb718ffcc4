"""What operators change without a deployment: the daily cap, the cache's generation, and a pause.

It is one item of the cache table, which functions only read (`make cap`, `make purge`, `make pause`
write it). A sandbox reads it at most every ``READ_SECONDS``, side by side with the answer that a
request looks up, and that request is the first that it applies to. The age of a sandbox's copy goes
by the wall clock, which runs on while Lambda keeps the sandbox frozen.

What the item does not say, or no item, means the template's value. An item that cannot be
understood changes nothing: the last one that could be is used on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from image_search.aws.table import Done, Item, Table, TableUse
from image_search.telemetry.measurements import Measurements

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

KEY = "control"
# The names of the item's attributes, as operators' commands write them.
CALLS_PER_DAY = "calls_per_day"
GENERATION = "generation"
PAUSED = "paused"

READ_SECONDS = 15
# After a read that failed. A table that is slow is left alone for longer by itself.
RETRY_SECONDS = 1
# Of the template's parameter UpstreamCallsPerDay.
MOST_CALLS_PER_DAY = 1_000_000_000


@dataclass(frozen=True)
class Control:
    """``calls_per_day``, ``generation``: None where the template's is to be used alone."""

    calls_per_day: int | None = None
    generation: int | None = None
    paused: bool = False


class ControlItem:
    """A sandbox's copy of the item."""

    def __init__(self, table: Table, logger: Logger) -> None:
        self._table = table
        self._logger = logger
        self._read_at = self._read_again_at = 0
        self._is_malformed = False
        self.latest = Control()
        """What the item said when it was read last; the template's values before."""

    @property
    def is_old(self) -> bool:
        """Whether ``refresh`` has something to do: also where the clock was set back."""
        return not self._read_at <= self._table.now() < self._read_again_at

    def refresh(self, measurements: Measurements) -> None:
        """Reads the item if the copy is old."""
        if not self.is_old:
            return
        # A copy that lags behind would make 15 s longer.
        found = self._table.get(TableUse.CONTROL, KEY, consistent=True)
        seconds = READ_SECONDS if isinstance(found, Done) else RETRY_SECONDS
        self._read_at = self._table.now()
        self._read_again_at = self._read_at + seconds * 1000
        if isinstance(found, Done):
            self._know(parse(found.item), measurements)

    def _know(self, control: Control | None, measurements: Measurements) -> None:
        if control is None:
            measurements.control_malformed = True
            if not self._is_malformed:
                self._logger.error("control item malformed", kept=repr(self.latest))
        else:
            self.latest = control
        self._is_malformed = control is None


def parse(item: Item) -> Control | None:
    """None for an item that says something that cannot be meant."""
    calls, generation = item.number(CALLS_PER_DAY), item.number(GENERATION)
    paused = item.flag(PAUSED)
    understood = {CALLS_PER_DAY: calls, GENERATION: generation, PAUSED: paused}
    if any(value is None and name in item for name, value in understood.items()):
        return None
    if calls is not None and not 1 <= calls <= MOST_CALLS_PER_DAY:
        return None
    return Control(calls, generation, bool(paused))
