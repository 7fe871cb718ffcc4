import json
import re

import pytest

from image_search.parameters.variations_map import canonical_json, check_variations_map

FILTER = {"field": "data.brand", "value": "Best, Brand"}


def text(**members):
    return json.dumps({"dtype": "array", "values": {}, **members})


@pytest.mark.parametrize(
    "filter_by",
    [
        FILTER,
        {"field": "data.sale", "value": True},
        {"field": "data.price", "value": 9.5},
        {"field": "data.price", "range": [1, 2.5]},
        {"field": "data.price", "range": ["-inf", "inf"]},
        {"and": [FILTER, {"or": [FILTER, {"not": FILTER}]}]},
        {"and_": [FILTER]},
        {"or_": [[FILTER, FILTER]]},
        {"not_": FILTER},
        {"and": []},
    ],
)
def test_filters_nest_in_either_spelling(filter_by):
    given = text(filter_by=filter_by)
    assert check_variations_map(given) == given


@pytest.mark.parametrize(
    "aggregation",
    [
        *(
            {"aggregation": name, "field": "data.price"}
            for name in (
                "first",
                "all",
                "distinct",
                "min",
                "max",
                "field_count",
            )
        ),
        {"aggregation": "count"},
        {"aggregation": "value_count", "field": "data.size", "value": 42},
    ],
)
def test_every_aggregation_is_taken(aggregation):
    given = text(values={"a": aggregation})
    assert check_variations_map(given) == given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("{", "Value should be JSON (EOF while parsing an object at line 1 column 1)"),
        ('{"a":1,}', "Value should be JSON (trailing comma at line 1 column 8)"),
        (
            text(x="\ud800"),
            "Value should be JSON (unexpected end of hex escape at line 1 column 46)",
        ),
        ('{"a":' + "9" * 301 + "}", "Value should not have a number of more than 300 digits"),
        ('{"a":' + "9" * 5000 + "}", "Value should be JSON (number out of range at line 1 column "),
        ("null", "Input should be"),
        ("[]", "Input should be"),
        ('{"dtype":"array"}', "values: Field required"),
        ('{"values":{}}', "dtype: Field required"),
        ('{"values":{},"dtype":"list"}', "dtype: Input should be 'array' or 'object'"),
        ('{"values":{},"dtype":"array","dtype":"array"}', "Value should not name a member twice"),
        ('{"values":{},"dtype":NaN}', "Value should be JSON, which has no NaN"),
        (text(filter_by={"field": "a", "range": [1]}), "filter_by.range.1: Field required"),
        (text(filter_by={"field": "a", "range": [1, True]}), "filter_by.range.1: "),
        (text(filter_by={"field": "a", "range": [1, "max"]}), "filter_by.range.1: "),
        (text(filter_by={"field": "", "value": 1}), "filter_by.field: "),
        (text(filter_by={"field": "a", "value": None}), "filter_by.value: "),
        (text(filter_by={"field": "a", "value": 1, "x": 1}), "filter_by.x: "),
        (text(filter_by={"and": FILTER}), "filter_by.and: "),
        (text(filter_by={"and": [], "or": []}), "filter_by.or: "),
        (text(filter_by={"not": [FILTER]}), "filter_by.not: "),
        (text(group_by=[{"name": "a", "field": "b"}] * 6), "group_by: "),
        (text(group_by=[{"name": "a  b", "field": "b"}]), "group_by.0.name: "),
        (text(group_by=[{"name": " a", "field": "b"}]), "group_by.0.name: "),
        (text(group_by=[{"name": "a"}]), "group_by.0.field: Field required"),
        (text(values={"a": {"aggregation": "sum", "field": "b"}}), "values.a: "),
        (text(values={"a": {"aggregation": "min"}}), "values.a.field: Field required"),
        (text(values={"a": {"aggregation": "value_count", "field": "b"}}), "values.a.value: "),
        ('{"values":{},"dtype":1e999}', "Value should not have a number beyond the range of"),
    ],
)
def test_a_text_that_breaks_the_schema_is_refused_naming_the_place(given, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        check_variations_map(given)


def nested(levels):
    inside = levels - 2
    filters = '{"not":' * inside + json.dumps(FILTER) + "}" * inside
    return f'{{"values":{{}},"dtype":"array","filter_by":{filters}}}'


def test_filters_nest_a_hundred_levels_deep():
    given = nested(100)
    assert check_variations_map(given) == given
    assert canonical_json(given).count("not") == 98


@pytest.mark.parametrize("levels", [101, 300, 3000])
def test_deeper_nesting_is_refused(levels):
    with pytest.raises(ValueError, match=r"^Value should not be nested more than 100 levels deep$"):
        check_variations_map(nested(levels))


def test_a_group_name_that_would_make_a_backtracking_engine_hang_is_refused():
    with pytest.raises(ValueError, match="group_by"):
        check_variations_map(text(group_by=[{"name": "a" * 2000 + "!", "field": "b"}]))


def test_canonical_json_sorts_members_and_keeps_lists():
    assert canonical_json('{"b": [2, 1], "a": "é"}') == '{"a":"é","b":[2,1]}'


@pytest.mark.parametrize(
    ("one", "other"), [("1", "1.0"), ("true", "1"), ('"1"', "1"), ("[1,2]", "[2,1]")]
)
def test_canonical_json_keeps_apart_what_differs(one, other):
    assert canonical_json(one) != canonical_json(other)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("x", "Value should be JSON (expected value at line 1 column 1)"),
        ('{"a":1,"a":1}', "Value should not name a member twice"),
        ('{"a":-Infinity}', "Value should be JSON, which has no -Infinity"),
        ("{}", "values: Field required"),
        (text(group_by=[{"name": "a", "field": "b"}, {}]), "group_by.1.name: Field required"),
        (
            text(filter_by={"and": [FILTER, [{"field": "a"}]]}),
            "filter_by.and.1.0.value: Field required",
        ),
    ],
)
def test_a_refusal_says_what_is_wrong(given, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        check_variations_map(given)


def test_what_is_wrong_with_the_whole_has_no_place():
    with pytest.raises(ValueError, match=r"^Input should be a valid dictionary"):
        check_variations_map("null")


@pytest.mark.parametrize("name", ["a", "Größe 42", "a b c"])
def test_five_groupings_of_words_are_taken(name):
    given = text(group_by=[{"name": name, "field": "b", "more": 1}] * 5)
    assert check_variations_map(given) == given


def test_canonical_json_sorts_members_at_every_depth():
    given = '{"b":{"d":[{"f":1,"e":2}],"c":1},"a":1}'
    assert canonical_json(given) == '{"a":1,"b":{"c":1,"d":[{"e":2,"f":1}]}}'
