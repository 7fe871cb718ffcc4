"""The objects in the photo: a box over each, and what is nearest to it."""

from __future__ import annotations

from typing import Any

import pytest

from browser.try_it_page import TryItPage

pytestmark = pytest.mark.usefixtures("without_prefetch")

CLOSE = 1.5
"""Pixels of the page by which a box may be off: browsers round."""


def boxes_of(answer: dict[str, Any], image: dict[str, float]) -> list[list[float]]:
    """Where the answer's boxes are on the page, from where the photo is."""
    scale = image["width"] / image["natural"]
    return [
        [
            image["x"] + segment["x1"] * scale,
            image["y"] + segment["y1"] * scale,
            (segment["x2"] - segment["x1"]) * scale,
            (segment["y2"] - segment["y1"]) * scale,
        ]
        for segment in answer["segments"]
    ]


def photo_on(try_it: TryItPage) -> dict[str, float]:
    where: dict[str, float] = try_it.page.locator("#frame > img").evaluate(
        """(image) => {
            const { x, y, width } = image.getBoundingClientRect();
            return { x, y, width, natural: image.naturalWidth };
        }"""
    )
    return where


def drawn_on(try_it: TryItPage) -> list[list[float]]:
    boxes: list[list[float]] = try_it.segments.evaluate_all(
        """(boxes) => boxes.map((box) => {
            const { x, y, width, height } = box.getBoundingClientRect();
            return [x, y, width, height];
        })"""
    )
    return boxes


def nearest_in(answer: dict[str, Any], place: int) -> list[str]:
    names = {item["data"]["id"]: item["value"] for item in answer["response"]["results"]}
    nearest = answer["segments"][place]["neighbours"]
    return [names.get(one["id"], one["id"]) for one in nearest]


@pytest.mark.parametrize("width", [1280, 390])
def test_boxes_are_drawn_where_the_answer_says(try_it: TryItPage, scene: str, width: int) -> None:
    try_it.page.set_viewport_size({"width": width, "height": 800})
    try_it.pick(scene)
    expected = boxes_of(try_it.answer(), photo_on(try_it))
    assert expected != []
    assert drawn_on(try_it) == [pytest.approx(box, abs=CLOSE) for box in expected]


def test_focus_shows_what_is_nearest(try_it: TryItPage, scene: str) -> None:
    try_it.pick(scene)
    try_it.segments.last.focus()
    assert try_it.nearest == nearest_in(try_it.answer(), -1) != []


def test_pointing_shows_what_is_nearest(try_it: TryItPage, scene: str) -> None:
    try_it.pick(scene)
    try_it.segments.first.hover()
    assert try_it.nearest == nearest_in(try_it.answer(), 0) != []


def test_the_one_that_is_looked_at_is_marked(try_it: TryItPage, scene: str) -> None:
    try_it.pick(scene)
    try_it.segments.first.focus()
    marks = try_it.segments.evaluate_all("all => all.map((one) => one.ariaPressed)")
    assert marks == ["true", *["false"] * (len(marks) - 1)]


def test_without_segments_there_is_no_box(try_it: TryItPage, scene: str) -> None:
    try_it.page.get_by_label("Say where they are").uncheck()
    try_it.pick(scene)
    assert try_it.segments.count() == 0
