import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from PIL import Image

from stand_in.drawing.backgrounds import BACKGROUNDS
from stand_in.drawing.camera import Camera
from stand_in.evaluation.detection import overlap
from stand_in.request.image import decode
from stand_in.vision.lab import to_lab
from stand_in.vision.segmentation import find_regions

Search = Callable[..., dict[str, Any]]


def flags(body: dict[str, Any]) -> tuple[bool, bool, bool]:
    return (
        body["segmentation_used"],
        body["whole_image_search_fallback"],
        "segments" in body,
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", (False, False, False)),
        ("return_segments=true", (False, False, False)),
        ("use_segmentation=true", (True, False, False)),
        ("use_segmentation=true&return_segments=true", (True, False, True)),
    ],
)
def test_segments_are_used_and_returned_when_asked_for(
    search: Search, two_things: bytes, query: str, expected: tuple[bool, bool, bool]
) -> None:
    assert flags(search(two_things, query)) == expected


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (1, 2), (2, 2), (2, 500), (500, 2), (3, 3)])
def test_a_tiny_picture_is_searched_as_a_whole(search: Search, size: tuple[int, int]) -> None:
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, "PNG")
    query = "use_segmentation=true&return_segments=true"
    assert flags(search(file.getvalue(), query)) == (False, True, True)


def test_a_picture_without_an_object_is_searched_as_a_whole(search: Search, blank: bytes) -> None:
    body = search(blank, "use_segmentation=true&return_segments=true")
    assert (flags(body), body["segments"]) == ((False, True, True), [])
    assert len(body["response"]["results"]) == 24


@pytest.mark.parametrize("crop", ["bbox", "segment"])
def test_each_object_has_its_place_and_its_products(
    search: Search, two_things: bytes, crop: str
) -> None:
    query = f"use_segmentation=true&return_segments=true&search_crop_type={crop}"
    segments = search(two_things, query)["segments"]
    assert [each["class_name"] for each in sorted(segments, key=lambda each: each["x1"])] == [
        "shoe",
        "mug",
    ]
    for each in segments:
        assert 0 <= each["x1"] < each["centroid_x"] < each["x2"] <= 800
        assert 0 <= each["y1"] < each["centroid_y"] < each["y2"] <= 600
        assert 0 <= each["confidence"] <= 1
        assert each["neighbours"][0]["data"]["id"] == each["neighbours"][0]["id"]


def test_the_crop_type_changes_the_distances(search: Search, two_things: bytes) -> None:
    query = "use_segmentation=true&return_segments=true&search_crop_type="
    nearest = [search(two_things, query + crop)["segments"][0] for crop in ("bbox", "segment")]
    boxed, masked = (each["neighbours"][0]["distance"] for each in nearest)
    assert masked != boxed


def test_merged_results_take_turns_among_the_objects(search: Search, two_things: bytes) -> None:
    results = search(two_things, "use_segmentation=true")["response"]["results"]
    assert {each["data"]["id"].split("-")[0] for each in results[:2]} == {"shoe", "mug"}


def test_boxes_are_where_the_objects_were_put(search: Search, two_things: bytes) -> None:
    segments = search(two_things, "use_segmentation=true&return_segments=true")["segments"]
    shoe, mug = sorted(segments, key=lambda each: each["x1"])
    # The shoe's sprite is 380 pixels wide around 230, 300; the mug's is 300 around 620, 300.
    drawn = [(58, 240, 413, 420), (524, 201, 748, 418)]
    found = [tuple(each[edge] for edge in ("x1", "y1", "x2", "y2")) for each in (shoe, mug)]
    assert [overlap(*pair) > 0.9 for pair in zip(found, drawn, strict=True)] == [True, True]


def test_an_interior_point_is_on_the_object(two_things: bytes) -> None:
    regions = find_regions(to_lab(decode(two_things).pixels))
    assert [bool(each.mask[each.interior[1], each.interior[0]]) for each in regions] == [True] * 2


def test_noise_has_no_object_in_it() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (120, 160, 3), np.uint8)
    assert find_regions(to_lab(noise)) == []


@pytest.mark.parametrize("name", sorted(set(BACKGROUNDS) - {"bokeh"}))  # its lights are objects
def test_a_background_has_no_object_in_it(name: str) -> None:
    random = np.random.default_rng(5)
    photo = Camera().take(BACKGROUNDS[name].draw((480, 360), random), random)
    assert find_regions(to_lab(decode(photo).pixels)) == []


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (400, 1), (1, 400), (16, 16)])
def test_a_picture_too_small_for_objects_has_none(size: tuple[int, int]) -> None:
    assert find_regions(to_lab(np.full((*size, 3), 90, np.uint8))) == []
