"""The closed form of the cache's share."""

from __future__ import annotations

import math

import pytest

from benchmarks.simulation.popularity import photos_for, upstream_share
from benchmarks.simulation.zipf import Zipf


def test_one_photo_is_searched_once_per_life() -> None:
    assert upstream_share(1, Zipf(1)) == pytest.approx(1 / (1 + 0.9 * 3600))


def test_the_sum_over_many_photos_is_close_to_the_exact_one() -> None:
    photos, rate = Zipf(100_000), 10.0
    exact = math.fsum(
        photos.probability(rank) / (1 + 0.9 * 3600 * rate * photos.probability(rank))
        for rank in range(1, photos.size + 1)
    )
    assert upstream_share(rate, photos) == pytest.approx(exact, rel=1e-5)


@pytest.mark.parametrize("rate", [100, 10_000])
@pytest.mark.parametrize("repeats", [0.3, 0.6, 0.9])
def test_as_many_photos_are_asked_for_as_make_the_share(rate: float, repeats: float) -> None:
    assert 1 - upstream_share(rate, photos_for(rate, repeats)) == pytest.approx(repeats, abs=1e-4)
