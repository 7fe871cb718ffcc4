"""Whole runs, held against closed forms."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from benchmarks import baseline
from benchmarks.cost.bill import bill, total
from benchmarks.cost.units import METERED
from benchmarks.simulation import dollars, results
from benchmarks.simulation.answers import Before
from benchmarks.simulation.limits import DEFAULT, NONE
from benchmarks.simulation.outcome import Outcome
from benchmarks.simulation.scenario import Scenario, Simulation
from benchmarks.simulation.upstream import Outage
from benchmarks.simulation.work import Work

WORK = Work(hit=0.005, miss=0.017, start=0.9)
# Nothing repeats, and upstream takes exactly as long each time.
NO_REPEATS = Scenario(200, repeats=0, end=23, upstream_spread=0)
SECONDS_OF_A_MISS = 0.017 + 0.8 + 5 * 0.004
OUTAGE = MappingProxyType({"outage": Outage(5, 25, silent=False), "begin": 5, "end": 25})


def run(scenario: Scenario, **changes: Any) -> Outcome:
    return Simulation(replace(scenario, **changes), WORK).run()


def test_without_repeats_every_request_goes_upstream() -> None:
    made = run(NO_REPEATS)
    assert made.results == {"searched": made.asked}


def test_without_limits_nobody_waits_for_anything_but_the_work() -> None:
    made = run(NO_REPEATS)
    assert made.p50 == pytest.approx(SECONDS_OF_A_MISS, abs=0.005)
    assert (made.refusals, made.throttled) == (0, {})


def test_sandboxes_in_use_are_requests_a_second_times_their_seconds() -> None:
    """Little's law: within five standard deviations of the Poisson count."""
    made = run(NO_REPEATS)
    expected = 200 * made.seconds * SECONDS_OF_A_MISS
    assert made.busy_seconds == pytest.approx(expected, rel=5 / made.asked**0.5)


def test_more_requests_than_sandboxes_are_lost_as_erlang_says() -> None:
    """Without a queue and with as much work as sandboxes, Erlang's formula B loses 7.6 % at 100."""
    offered = 100 / SECONDS_OF_A_MISS
    limits = replace(NONE, sandboxes=100)
    made = run(NO_REPEATS, rate=offered, end=203, limits=limits)
    assert made.refusals / made.asked == pytest.approx(0.0757, abs=0.01)


@pytest.mark.parametrize("repeats", [0.3, 0.6, 0.9])
def test_as_many_repeat_as_the_closed_form_says(repeats: float) -> None:
    made = run(Scenario(500, repeats, end=23))
    assert made.results["hit"] / made.asked == pytest.approx(repeats, abs=0.02)


def test_one_photo_is_searched_once_for_a_crowd() -> None:
    assert run(Scenario(300, None, begin=0, end=3, before=Before.EMPTY)).calls == 1


def test_while_another_renews_no_hit_writes() -> None:
    """Except those that saw the lease free, before it was taken: of 300, one or two."""
    due = Scenario(100, None, begin=0, end=3, before=Before.DUE)
    tried = run(due).written - METERED["renewal by a request"].write
    assert 0 <= tried <= 3


def test_throttled_writes_cost_repeats_and_no_answers() -> None:
    made = run(Scenario(250, end=23, limits=replace(DEFAULT, table_writes=1_000)))
    assert (made.answered, made.throttled["table, writes"] > 100) == (made.asked, True)


def test_an_outage_costs_few_calls_and_no_hits() -> None:
    made = run(Scenario(100), **OUTAGE)
    hits = made.results["hit"] / made.asked
    # Those that were under way when the eighth failed, and one every ten seconds.
    assert made.calls < 100
    assert hits == pytest.approx(0.6, abs=0.05)


def test_the_same_seed_gives_the_same_outcome() -> None:
    scenario = Scenario(100, end=6)
    assert run(scenario) == run(scenario)


def test_another_seed_gives_another() -> None:
    assert run(Scenario(100, end=6)) != run(Scenario(100, end=6, seed=17))


@pytest.mark.parametrize(("hits", "repeats"), [(0, 0), (1, None)])
def test_dollars_are_those_of_the_bill(hits: float, repeats: float | None) -> None:
    """Of new photos and of hits: what stale answers and renewals write beyond that is not in
    docs/cost.md, and the storage of answers is not simulated."""
    medians = baseline.load()["medians"]
    workload = replace(results.USUAL, hits=hits)
    scenario = Scenario(300, repeats, end=33)
    made = Simulation(scenario, Work.measured(medians, workload)).run()
    reckoned = total(workload, medians) - bill(workload, medians)["DynamoDB, storage"]
    assert dollars.per_million(made, workload) == pytest.approx(reckoned, rel=0.07)
