"""What the guard calls a regression."""

from __future__ import annotations

from benchmarks.baseline import compare, summary, unmeasured
from benchmarks.measured import Case
from benchmarks.results import Results


def case(*ours: float, guarded: bool = True) -> Case:
    samples = {"floor": [10.0] * len(ours), "ours": list(ours)}
    return Case("hit", "raw", "ms", "floor", samples, guarded=guarded)


BEFORE = summary(Results([case(12.0, 12.0, 12.0)]))


def test_same_ratio_is_none() -> None:
    (found,) = compare(Results([case(12.0, 12.0, 12.0)]), BEFORE)
    assert not found.is_regression
    assert str(found) == "  ok     hit: raw: 1.20, now 1.20 (+0%)"


def test_growth_beyond_the_tolerance_is_one() -> None:
    (found,) = compare(Results([case(14.0, 14.0, 14.0)]), BEFORE)
    assert found.is_regression
    assert str(found) == "  WORSE  hit: raw: 1.20, now 1.40 (+17%)"


def test_noise_alone_is_none() -> None:
    (found,) = compare(Results([case(12.0, 14.0, 16.0, 12.0, 14.0)]), BEFORE)
    assert not found.is_regression


def test_slower_machine_is_none() -> None:
    slow = Case("hit", "raw", "ms", "floor", {"floor": [50.0], "ours": [60.0]})
    (found,) = compare(Results([slow]), BEFORE)
    assert not found.is_regression


def test_new_case_is_none() -> None:
    (found,) = compare(Results([case(99.0)]), {"ratios": {}})
    assert not found.is_regression
    assert str(found) == "  new    hit: raw: 9.90"


def test_unguarded_case_is_not_compared() -> None:
    assert compare(Results([case(99.0, guarded=False)]), BEFORE) == []


def test_only_the_parts_that_were_run_are_compared() -> None:
    assert compare(Results([case(99.0)]), BEFORE, ["miss"]) == []


def test_a_part_that_was_not_run_is_missed() -> None:
    start = Case("start", "cold", "ms", "floor", {"floor": [1.0], "ours": [1.0]})
    baseline = summary(Results([case(12.0), start]))
    assert unmeasured(Results([case(14.0)]), baseline) == ["start"]
    assert unmeasured(Results([start, case(14.0)]), baseline) == []
