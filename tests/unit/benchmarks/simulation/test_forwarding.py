"""Who searches and who waits, when the table is throttled or upstream fails."""

from __future__ import annotations

from benchmarks.simulation.outcome import Result
from benchmarks.simulation.sandboxes import Sandbox
from benchmarks.simulation.upstream import Outage
from image_search.limits.daily_cap import ALLOWANCE
from simulated import PHOTO, Deployment

LEASE = ("write", ("lease", PHOTO))


def together(deployment: Deployment, requests: int = 5) -> list[Result]:
    return deployment.results(*(deployment.ask() for _ in range(requests)))


def test_one_of_many_searches():
    deployment = Deployment()
    results = together(deployment)
    assert (sorted(results), deployment.upstream.calls) == (
        [Result.SEARCHED, *[Result.SHARED] * 4],
        1,
    )


def test_a_failure_is_shared():
    deployment = Deployment(outage=Outage(0, 60, silent=False))
    assert (together(deployment), deployment.upstream.calls) == ([Result.REFUSED] * 5, 1)


def test_a_throttled_lease_is_tried_until_it_is_granted():
    deployment = Deployment()
    deployment.table.throttled_until[LEASE] = 1
    assert (together(deployment).count(Result.SHARED), deployment.upstream.calls) == (4, 1)


def test_a_lease_that_stays_throttled_is_done_without():
    deployment = Deployment()
    deployment.table.throttled_until[LEASE] = 60
    assert (together(deployment), deployment.upstream.calls) == ([Result.SEARCHED] * 5, 5)


def test_a_lease_whose_reads_are_throttled_is_tried_for_all_the_same():
    deployment = Deployment()
    deployment.table.throttled_until["read", ("lease", PHOTO)] = 1.5
    results = together(deployment)
    assert (results.count(Result.SHARED), deployment.upstream.calls) == (4, 1)


def test_who_tries_for_the_lease_in_vain_is_charged_once():
    deployment = Deployment()
    deployment.table.throttled_until[LEASE] = 60
    sandbox = Sandbox(calls_left=1)
    deployment.results(deployment.ask(sandbox))
    assert deployment.used()[1] == 1


def test_an_answer_whose_reads_are_throttled_is_waited_for_and_not_searched_again():
    deployment = Deployment()
    holder = deployment.ask()
    deployment.env.run(until=0.5)
    waiter = deployment.ask()
    deployment.env.run(until=0.6)
    deployment.table.throttled_until["read", ("answer", PHOTO)] = 5
    assert deployment.results(holder, waiter) == [Result.SEARCHED, Result.SHARED]
    assert (deployment.upstream.calls, 5 < deployment.env.now < 7) == (1, True)


def test_who_waited_for_an_answer_that_could_not_be_stored_searches_too():
    deployment = Deployment()
    deployment.table.throttled_until["write", ("answer", PHOTO)] = 1
    assert (together(deployment), deployment.upstream.calls) == ([Result.SEARCHED] * 5, 5)


def test_a_lease_whose_end_was_throttled_is_taken_over_as_a_dead_ones():
    deployment = Deployment()
    holder = deployment.ask()
    deployment.env.run(until=0.5)
    waiter = deployment.ask()
    deployment.table.throttled_until[LEASE] = 1.5
    deployment.table.throttled_until["write", ("answer", PHOTO)] = 1.5
    assert deployment.results(holder, waiter) == [Result.SEARCHED] * 2
    assert (deployment.upstream.calls, 3.5 < deployment.env.now < 6) == (2, True)


def test_while_calls_cannot_be_counted_a_sandbox_has_its_allowance():
    deployment = Deployment()
    deployment.table.throttled_until["write", "daily cap"] = 60
    deployment.table.throttled_until[LEASE] = 60
    sandbox = Sandbox()
    results = [deployment.results(deployment.ask(sandbox)) for _ in range(ALLOWANCE + 1)]
    assert results == [*[[Result.SEARCHED]] * ALLOWANCE, [Result.REFUSED]]
