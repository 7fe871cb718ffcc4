"""Ratios are taken round by round."""

from __future__ import annotations

from benchmarks.measured import Bound, Case, Spread


def case(**samples: list[float]) -> Case:
    return Case("hit", "raw", "ms", "floor", samples, (Bound("floor", 1.25),))


def test_what_slows_the_machine_down_slows_both() -> None:
    measured = case(floor=[1.0, 10.0, 2.0], ours=[2.0, 20.0, 4.0])
    assert measured.ratio("ours") == Spread(2.0, 2.0, 2.0)


def test_spread_is_the_median_and_the_quartiles() -> None:
    assert Spread.of([5.0, 1.0, 3.0, 2.0, 4.0]) == Spread(2.0, 3.0, 4.0)


def test_missed_bound_is_named_with_what_came_out() -> None:
    assert case(floor=[1.0], ours=[1.5]).over() == [(Bound("floor", 1.25), 1.5)]


def test_kept_bound_is_not_named() -> None:
    assert case(floor=[1.0], ours=[1.25]).over() == []


def test_case_survives_the_file() -> None:
    measured = case(floor=[1.0], ours=[1.25])
    assert Case.from_json(measured.to_json()) == measured
