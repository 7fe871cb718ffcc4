"""Ranks are drawn as Zipf's law says."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest

from benchmarks.simulation.zipf import Zipf


@pytest.mark.parametrize("size", [1, 2, 1000, 1001, 50_000])
def test_probabilities_add_up_to_one(size: int) -> None:
    photos = Zipf(size)
    assert math.fsum(map(photos.probability, range(1, size + 1))) == pytest.approx(1, abs=1e-12)


def test_ranks_are_drawn_as_often_as_they_should_be() -> None:
    photos, chance, draws = Zipf(10), random.Random(1), 50_000
    drawn = Counter(photos.draw(chance) for _ in range(draws))
    # Pearson's chi-squared: 27.9 is exceeded by one in a thousand with nine degrees of freedom.
    surprise = sum(
        (drawn[rank] - draws * photos.probability(rank)) ** 2 / (draws * photos.probability(rank))
        for rank in range(1, 11)
    )
    assert (surprise < 27.9, set(drawn)) == (True, set(range(1, 11)))


def test_every_draw_is_a_rank_however_many_there_are() -> None:
    photos, chance = Zipf(10**12), random.Random(1)
    drawn = [photos.draw(chance) for _ in range(1000)]
    assert (min(drawn) >= 1, max(drawn) <= 10**12) == (True, True)


def test_the_same_seed_draws_the_same() -> None:
    photos = Zipf(1000)
    first, second = (
        [photos.draw(chance) for _ in range(100)] for chance in (random.Random(7), random.Random(7))
    )
    assert first == second
