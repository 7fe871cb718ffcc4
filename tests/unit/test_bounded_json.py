"""JSON from outside is within limits that are the same on every Python."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from image_search.bounded_json import MAX_DEPTH, check_depth, read

values = st.recursive(
    st.none() | st.integers() | st.text(st.sampled_from('[]{}"\\a'), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
)


def nested(depth, opening="[", inner="1", closing="]"):
    return opening * depth + inner + closing * depth


def is_refused(text):
    try:
        check_depth(text)
    except ValueError:
        return True
    return False


def test_the_limits_are_those_that_are_documented():
    with pytest.raises(ValueError, match=r"^Value should not be nested more than 100 levels deep$"):
        read(nested(101))
    with pytest.raises(
        ValueError, match=r"^Value should not have a number of more than 300 digits"
    ):
        read("9" * 301)


@pytest.mark.parametrize(
    ("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]"), ('["]]]",', "]")]
)
def test_a_level_is_an_array_or_an_object(opening, closing):
    levels = opening.replace("]", "").count("[") + opening.count("{")
    deepest = nested(100 // levels, opening, "1", closing)
    assert json.dumps(read(deepest)) == json.dumps(json.loads(deepest))
    with pytest.raises(ValueError, match="nested"):
        read(f"[{deepest}]")


@pytest.mark.parametrize("encode", [str, str.encode])
@pytest.mark.parametrize("depth", [101, 800, 2_000_000])
def test_what_is_nested_more_deeply_is_refused(depth, encode):
    assert is_refused(encode(nested(depth)))
    assert is_refused(encode("[" * depth))


@given(values, st.integers(MAX_DEPTH - 4, MAX_DEPTH + 1))
def test_brackets_within_texts_are_no_levels(value, wraps):
    def depth(value):
        inner = value.values() if isinstance(value, dict) else value
        return 1 + max(map(depth, inner), default=0) if isinstance(value, list | dict) else 0

    assert is_refused(nested(wraps, inner=json.dumps(value))) == (wraps + depth(value) > MAX_DEPTH)


@pytest.mark.parametrize(
    "siblings", [[[]] * 101, [{}] * 101, ["[" * 101], ["\\" * 3 + '"' + "[" * 101]]
)
def test_many_brackets_are_not_many_levels(siblings):
    assert read(json.dumps(siblings)) == siblings


def test_half_a_character_does_not_hide_what_follows():
    assert is_refused('["\udcff",' + "[" * 100)


def test_numbers_are_taken_as_far_as_a_double_goes():
    assert read(f"[-{'9' * 300}, 1e308, -0.5]") == [-int("9" * 300), 1e308, -0.5]


@pytest.mark.parametrize(
    "text", ["9" * 301, "-" + "9" * 301, "9" * 100_000, "1e309", "-1e309", "NaN", "-Infinity"]
)
def test_any_other_number_is_refused(text):
    with pytest.raises(ValueError, match=r"^Value should "):
        read(f"[{text},1]")
