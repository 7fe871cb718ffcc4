"""Read and write units of single requests.

The rules and the examples in the tests are those of
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from metering.call import Call
from metering.item_size import Item, item_size

READ_STEP_BYTES = 4096
WRITE_STEP_BYTES = 1024


@dataclass(frozen=True)
class Units:
    read: float = 0.0
    write: float = 0.0

    def __add__(self, other: Units) -> Units:
        return Units(self.read + other.read, self.write + other.write)

    @classmethod
    def sum(cls, several: Iterable[Units]) -> Units:
        return sum(several, cls())


def read_units(size: int, *, consistent: bool = False, transactional: bool = False) -> float:
    """For an item of ``size`` bytes, 0 if there is none: to find nothing costs the least."""
    steps = max(1, math.ceil(size / READ_STEP_BYTES))
    if transactional:
        return 2.0 * steps
    return steps if consistent else steps / 2


def write_units(size: int, *, transactional: bool = False) -> float:
    """``size``: of the larger of the items before and after, in bytes; 0 if there is neither."""
    steps = max(1, math.ceil(size / WRITE_STEP_BYTES))
    return (2.0 if transactional else 1.0) * steps


def units(call: Call, before: Item | None, after: Item | None) -> Units:
    """What a call is charged that found the item ``before`` and left the item ``after``.

    One rule for all writes: a failed condition leaves what was there, and is charged for it; a
    delete leaves nothing, and is charged for what it has deleted.
    """
    if call.is_write:
        return Units(write=write_units(max(item_size(before), item_size(after))))
    return Units(read=read_units(item_size(before), consistent=call.is_consistent))
