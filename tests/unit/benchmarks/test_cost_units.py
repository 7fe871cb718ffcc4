"""The bill's units are those that are metered."""

from __future__ import annotations

import math

from benchmarks.cost.bill import ITEM_OVERHEAD_BYTES, SMALL_WRITES
from benchmarks.cost.prices import READ_UNIT_BYTES, WRITE_UNIT_BYTES
from benchmarks.cost.units import ANSWER_BYTES, METERED
from image_search.limits.daily_cap import LARGEST_SHARE

STORED_BYTES = ANSWER_BYTES + ITEM_OVERHEAD_BYTES


def test_a_miss_writes_the_answer_and_small_items() -> None:
    """Metered is one in so many misses that is charged for the daily cap, and billed a part."""
    metered = METERED["new miss"].write - 1 + 1 / LARGEST_SHARE
    assert math.ceil(STORED_BYTES / WRITE_UNIT_BYTES) + SMALL_WRITES == metered


def test_a_hit_reads_the_answer() -> None:
    assert math.ceil(STORED_BYTES / READ_UNIT_BYTES) / 2 == METERED["hit"].read


def test_a_hit_writes_nothing() -> None:
    assert METERED["hit"].write == 0
