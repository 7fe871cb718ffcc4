import json
from typing import Any

import pytest

from stand_in.request.variations_map import VariationsMap
from stand_in.response.aggregations import map_variations

RECORDS = [
    {"value": "a", "data": {"color": "red", "size": "S", "price": 10, "tag": "new"}},
    {"value": "b", "data": {"color": "red", "size": "M", "price": 12}},
    {"value": "c", "data": {"color": "blue", "size": "S", "price": 9, "tag": "new"}},
]
COLOR = {"name": "color", "field": "data.color"}
RED = {"field": "data.color", "value": "red"}
SMALL = {"field": "data.size", "value": "S"}
SIZE = {"name": "size", "field": "data.size"}
COUNT = {"n": {"aggregation": "count"}}


def mapped(**wanted: Any) -> Any:
    text = json.dumps({"values": COUNT, "dtype": "array", **wanted})
    return map_variations(VariationsMap.model_validate_json(text), RECORDS)


@pytest.mark.parametrize(
    ("aggregation", "expected"),
    [
        ({"aggregation": "first", "field": "data.price"}, 10),
        ({"aggregation": "all", "field": "data.color"}, ["red", "red", "blue"]),
        ({"aggregation": "distinct", "field": "data.color"}, ["red", "blue"]),
        ({"aggregation": "min", "field": "data.price"}, 9),
        ({"aggregation": "max", "field": "data.price"}, 12),
        ({"aggregation": "field_count", "field": "data.tag"}, 2),
        ({"aggregation": "count"}, 3),
        ({"aggregation": "value_count", "field": "data.color", "value": "red"}, 2),
        ({"aggregation": "first", "field": "data.nothing"}, None),
        ({"aggregation": "min", "field": "data.color"}, None),
    ],
)
def test_each_aggregation_sums_up_as_it_says(aggregation: dict[str, Any], expected: Any) -> None:
    assert mapped(values={"n": aggregation}) == [{"n": expected}]


@pytest.mark.parametrize(
    ("filter_by", "names"),
    [
        ({"field": "data.color", "value": "blue"}, ["c"]),
        ({"field": "data.price", "range": [10, "inf"]}, ["a", "b"]),
        ({"field": "data.price", "range": ["-inf", 9]}, ["c"]),
        ({"field": "data.color", "range": [0, 1]}, []),
        ({"not": RED}, ["c"]),
        ({"not_": RED}, ["c"]),
        (
            {
                "and": [
                    {"field": "data.color", "value": "red"},
                    {"field": "data.size", "value": "S"},
                ]
            },
            ["a"],
        ),
        (
            {"or_": [{"field": "data.size", "value": "M"}, {"field": "data.price", "value": 9}]},
            ["b", "c"],
        ),
        (
            {"or": [[SMALL, RED]]},
            ["a"],
        ),
    ],
)
def test_each_filter_keeps_what_it_says(filter_by: dict[str, Any], names: list[str]) -> None:
    values = {"names": {"aggregation": "all", "field": "value"}}
    expected = [{"names": names}] if names else []
    assert mapped(filter_by=filter_by, values=values) == expected


def test_an_array_has_one_object_for_each_group() -> None:
    assert mapped(group_by=[COLOR]) == [{"color": "red", "n": 2}, {"color": "blue", "n": 1}]


def test_an_object_is_nested_by_the_groups_values() -> None:
    assert mapped(group_by=[COLOR, SIZE], dtype="object") == {
        "red": {"S": {"n": 1}, "M": {"n": 1}},
        "blue": {"S": {"n": 1}},
    }


def test_an_object_without_groups_is_the_sum_of_all() -> None:
    assert mapped(dtype="object") == {"n": 3}
