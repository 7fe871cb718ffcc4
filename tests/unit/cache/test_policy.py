import pytest

from image_search.cache.answer import Answer
from image_search.cache.policy import CachePolicy
from image_search.settings import CacheScope

POLICY = CachePolicy(CacheScope.SHARED, ttl_seconds=3600, stale_seconds=600)
ANSWER = Answer.from_json(b"{}", 1_000, 1_000)


@pytest.mark.parametrize(("degraded", "seconds"), [(False, 3600), (True, 60)])
def test_a_degraded_answer_is_fresh_for_a_minute(degraded, seconds):
    assert POLICY.lifetime(degraded=degraded) == seconds


def test_no_answer_is_fresh_for_longer_than_the_deployment_says():
    assert CachePolicy(CacheScope.SHARED, 30, 0).lifetime(degraded=True) == 30


@pytest.mark.parametrize(("now", "answer"), [(2_599, ANSWER), (2_600, None)])
def test_a_stale_answer_excuses_for_as_long_as_the_deployment_says(now, answer):
    assert POLICY.usable_if_error(ANSWER, now) is answer


@pytest.mark.parametrize(
    ("now", "due"), [(1_000, False), (1_899, False), (1_900, True), (1_999, True)]
)
def test_an_answer_is_due_in_the_last_tenth_of_its_life(now, due):
    assert POLICY.is_due(ANSWER, now) is due


def test_a_short_lived_answer_is_never_due():
    assert not POLICY.is_due(Answer.from_json(b"{}", 1_000, 60), 1_059)
