"""A small sample of `make evaluate`: what the stand-in sees, it sees well enough."""

import pytest

from stand_in.evaluation.cost import Cost
from stand_in.evaluation.detection import Detection, overlap
from stand_in.evaluation.evaluate import Evaluation, evaluate
from stand_in.evaluation.recognition import Recognition
from stand_in.evaluation.renderings import single_products
from stand_in.evaluation.targets import missed
from stand_in.service.engine import Engine


def test_the_targets_are_reached(engine: Engine) -> None:
    assert missed(evaluate(engine.index, engine.products, singles=15, scenes=8, seed=31)) == []


def test_a_rendering_follows_from_its_seed(engine: Engine) -> None:
    first, again, other = (
        next(single_products(engine.products, 1, seed)).jpeg for seed in (5, 5, 6)
    )
    assert (first == again, first == other) == (True, False)


@pytest.mark.parametrize(
    ("other", "expected"),
    [((0, 0, 10, 10), 1.0), ((0, 0, 10, 5), 0.5), ((5, 0, 15, 10), 1 / 3), ((10, 10, 20, 20), 0)],
)
def test_overlap_is_what_two_boxes_share(other: tuple[int, int, int, int], expected: float) -> None:
    assert overlap((0, 0, 10, 10), other) == pytest.approx(expected)


def test_a_missed_target_is_named() -> None:
    recognition = {"busy": Recognition(photos=10, category=8, category_and_colour=8)}
    detection = {"busy": Detection(objects=30, segments=30, found=15)}
    assert missed(Evaluation(recognition, detection, Cost(), Cost())) == [
        "category, busy: 80.0% is under 90%",
        "recall, busy: 50.0% is under 90%",
    ]
