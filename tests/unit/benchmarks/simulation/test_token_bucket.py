"""A bucket lets through its burst, then its rate."""

from __future__ import annotations

from benchmarks.simulation.token_bucket import TokenBucket


def taken(bucket: TokenBucket, times: list[float], amount: float = 1) -> list[bool]:
    return [bucket.take(amount, now) for now in times]


def test_it_is_full_at_the_start() -> None:
    assert taken(TokenBucket(rate=1, burst=2), [0, 0, 0]) == [True, True, False]


def test_it_fills_at_its_rate() -> None:
    assert taken(TokenBucket(rate=2, burst=1), [0, 0.25, 0.5, 0.75, 1]) == [
        True,
        False,
        True,
        False,
        True,
    ]


def test_it_keeps_no_more_than_its_burst() -> None:
    assert taken(TokenBucket(rate=1, burst=2), [100, 100, 100]) == [True, True, False]


def test_what_is_refused_costs_nothing() -> None:
    bucket = TokenBucket(rate=1, burst=2)
    assert (bucket.take(3, 0), bucket.take(2, 0)) == (False, True)


def test_in_the_long_run_it_lets_through_its_rate() -> None:
    bucket = TokenBucket(rate=10, burst=5)
    assert sum(taken(bucket, [each / 64 for each in range(64 * 100)])) == 5 + 10 * 100 - 1
