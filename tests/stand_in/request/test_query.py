"""Each of upstream's limits, one step over it and right on it."""

import json
from urllib.parse import quote

import pytest

from stand_in.errors import RefusedError
from stand_in.request.query import read_pairs, read_query


def query_text(*pairs: tuple[str, str]) -> bytes:
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs).encode()


def repeated(name: str, values: list[str]) -> list[tuple[str, str]]:
    return [(name, value) for value in values]


def variations_map(**members: object) -> list[tuple[str, str]]:
    whole = {"values": {"n": {"aggregation": "count"}}, "dtype": "array", **members}
    return [("variations_map", json.dumps(whole))]


def numbered(count: int) -> list[str]:
    return [f"name-{number}" for number in range(count)]


GROUPING = {"name": "color", "field": "data.color"}

WRONG = {
    "c is empty": ([("c", "")], "c"),
    "c of 101": ([("c", "x" * 101)], "c"),
    "section is empty": ([("section", "")], "section"),
    "section of 101": ([("section", "x" * 101)], "section"),
    "crop type": ([("search_crop_type", "circle")], "search_crop_type"),
    "s of 0": ([("s", "0")], "s"),
    "s is no integer": ([("s", "1.5")], "s"),
    "us is empty": ([("us", "a"), ("us", "")], "us"),
    "boolean in capitals": ([("use_segmentation", "True")], "use_segmentation"),
    "boolean as a number": ([("return_segments", "1")], "return_segments"),
    "unknown option": ([("fmt_options[colour]", "red")], "fmt_options[colour]"),
    "option without a name": ([("fmt_options", "red")], "fmt_options"),
    "option in open brackets": ([("fmt_options[fields", "a")], "fmt_options[fields"),
    "keys three deep": (
        [("fmt_options[facet_options][a][b]", "c")],
        "fmt_options[facet_options][a][b]",
    ),
    "21 fields": (repeated("fmt_options[fields]", numbered(21)), "fmt_options[fields]"),
    "field is empty": ([("fmt_options[fields]", "")], "fmt_options[fields]"),
    "field of 301": ([("fmt_options[fields]", "x" * 301)], "fmt_options[fields]"),
    "31 hidden fields": (
        repeated("fmt_options[hidden_fields]", numbered(31)),
        "fmt_options[hidden_fields]",
    ),
    "hidden field of 301": (
        [("fmt_options[hidden_fields]", "x" * 301)],
        "fmt_options[hidden_fields]",
    ),
    "51 hidden facets": (
        repeated("fmt_options[hidden_facets]", numbered(51)),
        "fmt_options[hidden_facets]",
    ),
    "hidden facet of 101": (
        [("fmt_options[hidden_facets]", "x" * 101)],
        "fmt_options[hidden_facets]",
    ),
    "26 hidden sort options": (
        repeated("fmt_options[hidden_sort_options]", numbered(26)),
        "fmt_options[hidden_sort_options]",
    ),
    "hidden sort option of 101": (
        [("fmt_options[hidden_sort_options]", "x" * 101)],
        "fmt_options[hidden_sort_options]",
    ),
    "6 facets with options": (
        [(f"fmt_options[facet_options][{name}]", "a") for name in numbered(6)],
        "fmt_options[facet_options]",
    ),
    "16 options of a facet": (
        repeated("fmt_options[facet_options][color]", numbered(16)),
        "fmt_options[facet_options][color]",
    ),
    "facet option of 101": (
        [("fmt_options[facet_options][color]", "x" * 101)],
        "fmt_options[facet_options][color]",
    ),
    "facet option is empty": (
        [("fmt_options[facet_options][color]", "")],
        "fmt_options[facet_options][color]",
    ),
    "facet options without a facet": (
        [("fmt_options[facet_options]", "red")],
        "fmt_options[facet_options]",
    ),
    "negative facet groups limit": (
        [("fmt_options[facet_groups_limit]", "-1")],
        "fmt_options[facet_groups_limit]",
    ),
    "groups depth is no integer": (
        [("fmt_options[groups_max_depth]", "deep")],
        "fmt_options[groups_max_depth]",
    ),
    "groups start": ([("fmt_options[groups_start]", "here")], "fmt_options[groups_start]"),
    "groups sort by": ([("fmt_options[groups_sort_by]", "name")], "fmt_options[groups_sort_by]"),
    "groups sort order": (
        [("fmt_options[groups_sort_order]", "up")],
        "fmt_options[groups_sort_order]",
    ),
    "variations return type": (
        [("fmt_options[variations_return_type]", "none")],
        "fmt_options[variations_return_type]",
    ),
    "show hidden fields": (
        [("fmt_options[show_hidden_fields]", "yes")],
        "fmt_options[show_hidden_fields]",
    ),
    "variations_map is no JSON": ([("variations_map", "{")], "variations_map"),
    "variations_map is no object": ([("variations_map", "[]")], "variations_map"),
    "no values": ([("variations_map", '{"dtype":"array"}')], "variations_map"),
    "no dtype": ([("variations_map", '{"values":{}}')], "variations_map"),
    "dtype": (variations_map(dtype="list"), "variations_map"),
    "6 groupings": (variations_map(group_by=[GROUPING] * 6), "variations_map"),
    "grouping's name": (
        variations_map(group_by=[{**GROUPING, "name": "a  b"}]),
        "variations_map",
    ),
    "grouping's field": (variations_map(group_by=[{**GROUPING, "field": ""}]), "variations_map"),
    "aggregation": (
        variations_map(values={"n": {"aggregation": "sum", "field": "a"}}),
        "variations_map",
    ),
    "aggregation's field": (
        variations_map(values={"n": {"aggregation": "min"}}),
        "variations_map",
    ),
    "value_count's value": (
        variations_map(values={"n": {"aggregation": "value_count", "field": "a"}}),
        "variations_map",
    ),
    "range of three": (
        variations_map(filter_by={"field": "a", "range": [1, 2, 3]}),
        "variations_map",
    ),
    "range of words": (
        variations_map(filter_by={"field": "a", "range": ["low", "high"]}),
        "variations_map",
    ),
    "filter with more": (
        variations_map(filter_by={"field": "a", "value": 1, "why": 2}),
        "variations_map",
    ),
    "empty filter": (variations_map(filter_by={}), "variations_map"),
    "filter nested without end": (
        [("variations_map", '{"filter_by":' + '{"not":' * 3000 + "}" * 3001)],
        "variations_map",
    ),
}

RIGHT = {
    "c of 100": [("c", "x" * 100)],
    "section of 100": [("section", "x" * 100)],
    "segment crop": [("search_crop_type", "segment")],
    "a session": [("s", "1"), ("i", "device"), ("ui", "user")],
    "an unknown parameter": [("_dt", "1"), ("utm", "x")],
    "20 fields": repeated("fmt_options[fields]", numbered(20)),
    "field of 300": [("fmt_options[fields]", "x" * 300)],
    "30 hidden fields": repeated("fmt_options[hidden_fields]", numbered(30)),
    "50 hidden facets": repeated("fmt_options[hidden_facets]", numbered(50)),
    "25 hidden sort options": repeated("fmt_options[hidden_sort_options]", numbered(25)),
    "5 facets with 15 options": [
        (f"fmt_options[facet_options][{name}]", option)
        for name in numbered(5)
        for option in numbered(15)
    ],
    "facet groups limit of 0": [("fmt_options[facet_groups_limit]", "0")],
    "a group's tree": [("fmt_options[groups_start]", "group_id:home")],
    "5 groupings": variations_map(group_by=[GROUPING] * 5),
    "grouping's name with a space": variations_map(group_by=[{**GROUPING, "name": "any color"}]),
    "filters as clients write them": variations_map(
        filter_by={"and": [{"not": {"field": "a", "value": 1}}, {"or": []}]}
    ),
    "filters as the reference writes them": variations_map(
        filter_by={"and_": [{"not_": {"field": "a", "value": 1}}, {"or_": [[]]}]}
    ),
    "range without bounds": variations_map(filter_by={"field": "a", "range": ["-inf", "inf"]}),
}


@pytest.mark.parametrize(("pairs", "source"), WRONG.values(), ids=WRONG.keys())
def test_a_value_over_the_limit_is_refused_by_name(
    pairs: list[tuple[str, str]], source: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        read_query(read_pairs(query_text(("key", "index"), *pairs)))
    assert (refused.value.status, {detail.source for detail in refused.value.details}) == (
        400,
        {source},
    )


@pytest.mark.parametrize("pairs", RIGHT.values(), ids=RIGHT.keys())
def test_a_value_on_the_limit_is_taken(pairs: list[tuple[str, str]]) -> None:
    assert read_query(read_pairs(query_text(("key", "index"), *pairs))).key == "index"


@pytest.mark.parametrize("text", [b"", b"key=", b"key=" + b"k" * 101])
def test_the_key_is_required_and_has_1_to_100_characters(text: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        read_query(read_pairs(text))
    assert [detail.source for detail in refused.value.details] == ["key"]


def test_pairs_are_decoded_in_order_and_empty_ones_kept() -> None:
    assert read_pairs(b"us=a,b&us=c%2Bd&x=&us=e+f&n=%C3%A9") == [
        ("us", "a,b"),
        ("us", "c+d"),
        ("x", ""),
        ("us", "e f"),
        ("n", "é"),
    ]


def test_segments_keep_their_commas() -> None:
    assert read_query(read_pairs(b"key=k&us=a,b&us=c")).us == ("a,b", "c")


def test_every_wrong_parameter_is_named_at_once() -> None:
    with pytest.raises(RefusedError) as refused:
        read_query(read_pairs(b"section=&s=0"))
    assert {(detail.code, detail.source) for detail in refused.value.details} == {
        ("missing_parameter", "key"),
        ("invalid_parameter", "section"),
        ("invalid_parameter", "s"),
    }
