"""The sample photos: what is served, and that what is in them is found."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from stand_in.evaluation.detection import overlap
from stand_in.photos.sample_photo import photograph
from stand_in.photos.scenes import SCENES, Scene, scene_named

Search = Callable[..., dict[str, Any]]


def named(name: str) -> Scene:
    scene = scene_named(name)
    assert scene is not None
    return scene


def test_the_scenes_are_listed_with_what_is_in_them(client: httpx.Client) -> None:
    listed = client.get("/scenes.json").json()
    beach = next(each for each in listed if each["name"] == "at-the-beach")
    assert [each["name"] for each in listed] == [scene.name for scene in SCENES]
    assert {**beach, "objects": [set(each) for each in beach["objects"]]} == {
        "name": "at-the-beach",
        "title": "A hat and a bag in the sand",
        "url": "http://stand-in.test/scenes/at-the-beach.jpg",
        "width": 1200,
        "height": 900,
        "objects": [
            {"category", "colour", "product_id", "left", "top", "right", "bottom"},
        ]
        * 2,
    }


@pytest.mark.parametrize(
    "path",
    ["/scenes.json", "/scenes/empty-table.jpg", "/catalogue/mug-01.png", "/sample.jpg"],
)
def test_a_page_of_another_origin_may_read_pictures(client: httpx.Client, path: str) -> None:
    answer = client.get(path, headers={"Origin": "http://elsewhere.test"})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")


def test_a_page_of_another_origin_may_not_read_the_control(client: httpx.Client) -> None:
    answer = client.get("/_control/requests", headers={"Origin": "http://elsewhere.test"})
    assert "access-control-allow-origin" not in answer.headers


def test_there_is_no_scene_of_another_name(client: httpx.Client) -> None:
    assert client.get("/scenes/atlantis.jpg").status_code == 404


def test_a_scene_is_drawn_the_same_every_time() -> None:
    scene = named("mug-on-gingham")
    first = scene.jpeg()
    photograph.cache_clear()
    assert scene.jpeg() == first


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_objects_of_a_scene_are_found_for_what_they_are(search: Search, scene: Scene) -> None:
    query = "use_segmentation=true&return_segments=true&search_crop_type=segment"
    segments = search(scene.jpeg(), query)["segments"]
    found = {
        known: [
            (each["class_name"], each["neighbours"][0]["data"]["color"])
            for each in segments
            if overlap(
                (each["x1"], each["y1"], each["x2"], each["y2"]),
                (known.left, known.top, known.right, known.bottom),
            )
            > 0.7
        ]
        for known in scene.objects
    }
    assert found == {known: [(known.category, known.colour)] for known in scene.objects}
    assert len(segments) == len(scene.objects)


def test_the_empty_table_is_searched_as_a_whole(search: Search) -> None:
    body = search(named("empty-table").jpeg(), "use_segmentation=true&return_segments=true")
    reported = ("segmentation_used", "whole_image_search_fallback", "segments")
    assert tuple(body[name] for name in reported) == (False, True, [])
