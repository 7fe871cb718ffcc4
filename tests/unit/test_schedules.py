"""A few of the random schedules that `make schedules` runs by the thousand."""

from collections import Counter

import pytest

from schedules.schedule import Schedule

SEED = "unit"


@pytest.mark.parametrize("part", range(3))
def test_whatever_happens_nothing_is_violated(part):
    counts = Counter[str]()
    for number in range(part * 20, part * 20 + 20):
        outcome = Schedule(f"{SEED}/{number}").run()
        counts.update(outcome.counts)
        assert outcome.violations == [], f"make schedules SEED={SEED} ONLY={number}"
    rare = ("crash", "lease taken over", "collapsed", "table throttled", "refused: daily cap")
    assert all(counts[event] for event in rare), counts


def test_a_seed_always_makes_the_same_schedule():
    assert Schedule("same/1").run() == Schedule("same/1").run()
