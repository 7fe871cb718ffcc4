import pytest

from image_search.images.coordinates import Coordinates

SEGMENT = {"id": 0, "x1": 10, "y1": 20, "x2": 100, "y2": 75, "centroid_x": 55, "centroid_y": 47}


def test_what_was_sent_as_it_is_needs_no_mapping():
    answer = {"segments": [SEGMENT], "response": {}}
    assert Coordinates.unchanged(100, 75).map_segments(answer) is answer


def test_boxes_and_points_are_scaled_to_the_picture_shown():
    answer = {"segments": [SEGMENT], "result_id": "r"}
    assert Coordinates((100, 75), (4000, 3000)).map_segments(answer) == {
        "segments": [
            {
                "id": 0,
                "x1": 400,
                "y1": 800,
                "x2": 4000,
                "y2": 3000,
                "centroid_x": 2200,
                "centroid_y": 1880,
            }
        ],
        "result_id": "r",
    }


def test_no_coordinate_leaves_the_picture():
    segment = {"x1": -3, "y1": 0, "x2": 101, "y2": 80, "centroid_x": 200, "centroid_y": 4}
    mapped = Coordinates((100, 75), (200, 150)).map_segments({"segments": [segment]})
    assert mapped["segments"] == [
        {"x1": 0, "y1": 0, "x2": 200, "y2": 150, "centroid_x": 200, "centroid_y": 8}
    ]


@pytest.mark.parametrize(("value", "mapped"), [(1.7e308, 200), (-1.7e308, 0), (10**299, 200)])
def test_a_coordinate_of_any_size_is_mapped(value, mapped):
    answer = Coordinates((100, 75), (200, 150)).map_segments({"segments": [{"x1": value}]})
    assert answer == {"segments": [{"x1": mapped}]}


@pytest.mark.parametrize(
    "answer", [{}, {"segments": None}, {"segments": ["x", {"x1": "1"}, {}]}, {"segments": []}]
)
def test_what_is_no_segment_is_left_alone(answer):
    assert Coordinates((100, 75), (200, 150)).map_segments(answer) == answer
