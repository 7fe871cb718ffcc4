"""A request's simulated steps: what they take is what tests meter of the proxy itself."""

from __future__ import annotations

import pytest

from benchmarks.cost.units import METERED
from benchmarks.simulation.answers import Before
from benchmarks.simulation.outcome import Result
from benchmarks.simulation.sandboxes import Sandbox
from simulated import PHOTO, Deployment

CIRCUIT = 0.5
QUOTA = DAILY_CAP = 1


def fresh() -> Deployment:
    deployment = Deployment(Before.DUE)
    deployment.stored.fresh_until = 3_600
    return deployment


def due() -> Deployment:
    return Deployment(Before.DUE)


def stale() -> Deployment:
    deployment = Deployment(Before.DUE)
    deployment.stored.fresh_until = -10
    return deployment


@pytest.mark.parametrize(
    ("way", "begin", "result"),
    [
        ("hit", fresh, Result.HIT),
        ("new miss", Deployment, Result.SEARCHED),
        ("stale miss", stale, Result.SEARCHED),
        ("renewal by a request", due, Result.SEARCHED),
    ],
)
def test_a_new_sandboxs_request_takes_what_is_metered(way, begin, result):
    deployment = begin()
    assert deployment.results(deployment.ask()) == [result]
    assert deployment.used() == METERED[way]


def test_a_hit_while_another_renews_takes_what_is_metered():
    deployment = due()
    deployment.ask()
    deployment.env.run(until=0.5)
    before = deployment.used()
    hit = deployment.ask()
    deployment.env.run(until=hit)
    used = tuple(now - then for now, then in zip(deployment.used(), before, strict=True))
    assert (hit.value, used) == (Result.HIT, METERED["hit near its end, renewed by another"])


def test_a_waiter_takes_what_is_metered():
    """Its looks at the lease are charged by themselves, as in the table of the figures."""
    alone, together = Deployment(), Deployment()
    alone.results(alone.ask())
    holder = together.ask()
    together.env.run(until=0.1)
    assert together.results(holder, together.ask()) == [Result.SEARCHED, Result.SHARED]
    looks = together.table.by_item["read", ("lease", PHOTO)] - 0.5
    read, write = (now - one for now, one in zip(together.used(), alone.used(), strict=True))
    assert (read - looks, write) == METERED["waiter"]


def test_a_search_of_three_seconds_renews_its_lease_thrice():
    deployment = Deployment(upstream_seconds=3.5)
    deployment.results(deployment.ask())
    assert deployment.table.by_item["write", ("lease", PHOTO)] == 1 + 3 + 1


def test_a_search_with_the_circuit_known_open_takes_the_look_up_alone():
    deployment = Deployment()
    sandbox = Sandbox(circuit_known_until=1, open_until=10)
    assert deployment.results(deployment.ask(sandbox)) == [Result.REFUSED]
    assert deployment.used() == (0.5, 0)


def test_a_look_up_that_is_throttled_for_a_second_is_a_hit():
    deployment = fresh()
    deployment.table.throttled_until["read", ("answer", PHOTO)] = 1
    assert deployment.results(deployment.ask()) == [Result.HIT]


def test_a_look_up_that_stays_throttled_goes_upstream_without_the_cache():
    deployment = fresh()
    deployment.table.throttled_until["read", ("answer", PHOTO)] = 60
    assert deployment.results(deployment.ask()) == [Result.SEARCHED]
    assert deployment.used() == (CIRCUIT, QUOTA + DAILY_CAP)


def test_a_renewal_that_finds_the_lease_taken_charges_nobody():
    deployment = due()
    assert deployment.results(deployment.ask(), deployment.ask()) == [Result.SEARCHED, Result.HIT]
    read, write = METERED["renewal by a request"]
    refused, look_and_circuit = 1, 1
    expected = (read + METERED["hit"].read + look_and_circuit, write + refused)
    assert deployment.used() == expected
