"""The bill's units are those that are metered."""

from __future__ import annotations

import math

from benchmarks.cost.bill import (
    ITEM_OVERHEAD_BYTES,
    SMALL_WRITES,
    UNKNOWN_READS,
    UNKNOWN_WRITES,
)
from benchmarks.cost.prices import READ_UNIT_BYTES, WRITE_UNIT_BYTES
from benchmarks.cost.units import ANSWER_BYTES, METERED
from image_search.limits.daily_cap import LARGEST_SHARE

STORED_BYTES = ANSWER_BYTES + ITEM_OVERHEAD_BYTES


def test_a_miss_writes_the_answer_and_small_items() -> None:
    """Metered is one in so many misses that is charged for the daily cap, and billed a part."""
    metered = METERED["new miss"].write - 1 + 1 / LARGEST_SHARE
    assert math.ceil(STORED_BYTES / WRITE_UNIT_BYTES) + SMALL_WRITES == metered


def test_an_unknown_image_is_charged_beside_its_look_up_and_the_circuit() -> None:
    reads, writes = METERED["unknown image, with an upload form"]
    assert (reads, writes) == (1 + 0.5 * UNKNOWN_READS, UNKNOWN_WRITES)


def test_a_ticket_that_is_taken_costs_what_the_quota_would() -> None:
    assert METERED["upload searched ahead"].write == METERED["new miss"].write


def test_a_hit_reads_the_answer() -> None:
    assert math.ceil(STORED_BYTES / READ_UNIT_BYTES) / 2 == METERED["hit"].read


def test_a_hit_writes_nothing() -> None:
    assert METERED["hit"].write == 0
