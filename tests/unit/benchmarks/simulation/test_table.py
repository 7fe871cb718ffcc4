"""DynamoDB's limits, by item and by table."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import simpy

from benchmarks.simulation.limits import DEFAULT, ITEMS_ONLY, NONE, Limits
from benchmarks.simulation.table import Table

Request = tuple[str, Hashable, float]


def made(limits: Limits, *requests: Request) -> tuple[Table, list[bool]]:
    """All at once; what came of each."""
    env = simpy.Environment()
    table = Table(env, limits, items_are_limited=limits != NONE)
    running = [env.process(table.request(*each)) for each in requests]
    env.run()
    return table, [bool(each.value) for each in running]


def test_a_request_counts_at_its_item_and_at_the_table() -> None:
    table, answers = made(DEFAULT, ("write", "a", 9), ("write", "b", 1), ("read", "a", 1.5))
    assert (answers, table.used, table.by_item) == (
        [True] * 3,
        {"write": 10, "read": 1.5},
        {("write", "a"): 9, ("write", "b"): 1, ("read", "a"): 1.5},
    )


def test_an_item_takes_a_thousand_write_units_a_second_whatever_the_table_does() -> None:
    table, answers = made(ITEMS_ONLY, ("write", "a", 990), ("write", "a", 50), ("write", "b", 50))
    # The second goes through after the pause of the client's retry.
    assert (answers, table.throttled) == ([True] * 3, {"item, writes": 1})


def test_after_its_retry_a_request_is_refused() -> None:
    table, answers = made(ITEMS_ONLY, ("read", "a", 3_000), ("read", "a", 1_000))
    assert (answers, table.throttled, table.used) == (
        [True, False],
        {"item, reads": 2},
        {"read": 3_000},
    )


def test_the_table_takes_four_thousand_write_units_from_many_items() -> None:
    requests = [("write", item, 500.0) for item in range(10)]
    table, answers = made(DEFAULT, *requests)
    assert (answers.count(False), set(table.throttled)) == (2, {"table, writes"})


def test_a_grown_table_takes_more() -> None:
    requests = [("write", item, 500.0) for item in range(10)]
    table, answers = made(replace(DEFAULT, table_writes=8_000), *requests)
    assert (all(answers), table.throttled) == (True, {})
