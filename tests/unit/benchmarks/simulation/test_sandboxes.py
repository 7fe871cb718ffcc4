"""Lambda's limits on sandboxes."""

from __future__ import annotations

from dataclasses import replace

import simpy

from benchmarks.simulation.limits import NONE, Limits
from benchmarks.simulation.sandboxes import Sandboxes


def pool(limits: Limits, warm: int = 0) -> Sandboxes:
    return Sandboxes(simpy.Environment(), limits, warm)


def test_a_sandbox_takes_one_request_at_a_time() -> None:
    sandboxes = pool(NONE)
    first, second = sandboxes.take(), sandboxes.take()
    assert (first is not second, sandboxes.started, sandboxes.most_busy) == (True, 2, 2)


def test_the_one_used_last_is_used_again_and_is_warm() -> None:
    sandboxes = pool(NONE)
    first, second = sandboxes.take(), sandboxes.take()
    assert first is not None
    assert second is not None
    sandboxes.give_back(second)
    sandboxes.give_back(first)
    again = sandboxes.take()
    assert (again is first, first.is_new, sandboxes.started) == (True, False, 2)


def test_concurrency_is_bounded() -> None:
    sandboxes = pool(replace(NONE, sandboxes=10))
    taken = [sandboxes.take() is not None for _ in range(12)]
    assert (taken, sandboxes.refused) == (
        [True] * 10 + [False] * 2,
        {"Lambda, concurrency": 2},
    )


def test_invocations_a_second_are_ten_for_each_sandbox_of_the_quota() -> None:
    sandboxes = pool(replace(NONE, sandboxes=1))
    for _ in range(10):
        taken = sandboxes.take()
        assert taken is not None
        sandboxes.give_back(taken)
    assert (sandboxes.take(), sandboxes.refused) == (None, {"Lambda, requests a second": 1})


def test_new_sandboxes_come_a_thousand_at_once() -> None:
    sandboxes = pool(replace(NONE, starts_a_second=100, most_starts=1_000))
    started = sum(sandboxes.take() is not None for _ in range(1_500))
    assert (started, sandboxes.refused) == (1_000, {"Lambda, new sandboxes a second": 500})
