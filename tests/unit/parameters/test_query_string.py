import pytest
from hypothesis import given
from hypothesis import strategies as st

from image_search.errors import InvalidParameters, Problem
from image_search.parameters import query_string

text = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(text.filter(bool), text)).map(tuple))
def test_encoding_then_parsing_gives_the_same_pairs(pairs):
    assert query_string.parse(query_string.encode(pairs)) == pairs


def test_plus_is_a_space_and_percent_2b_a_plus():
    assert query_string.parse("us=a+b&us=a%2Bb") == (("us", "a b"), ("us", "a+b"))


def test_a_comma_is_part_of_the_value():
    assert query_string.parse("us=a,b&us=c") == (("us", "a,b"), ("us", "c"))


def test_a_value_may_be_empty():
    assert query_string.parse("i=&ui") == (("i", ""), ("ui", ""))


def test_bytes_that_are_not_utf_8_are_refused():
    with pytest.raises(InvalidParameters) as refused:
        query_string.parse("us=%ff")
    assert refused.value.problems == (
        Problem("invalid_parameter", "The query string is not percent-encoded UTF-8."),
    )


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("section", ("section",)),
        ("fmt_options[fields]", ("fmt_options", "fields")),
        ("fmt_options[facet_options][color]", ("fmt_options", "facet_options", "color")),
        ("fmt_options[facet_options][color", None),
        ("us[]", ("us", "")),
        ("fmt_options[fields][]", ("fmt_options", "fields", "")),
        ("us[][0]", None),
        ("a]b", None),
        ("", None),
    ],
)
def test_a_deep_object_name_is_a_path(name, path):
    assert query_string.path_of(name) == path


def test_a_path_is_a_deep_object_name():
    assert query_string.name_of(("fmt_options", "fields")) == "fmt_options[fields]"


def test_a_space_is_written_as_percent_20_and_nothing_reserved_is_left_as_it_is():
    assert query_string.encode((("us", "a b+c/d&é"),)) == "us=a%20b%2Bc%2Fd%26%C3%A9"


def test_a_path_of_three_is_a_deep_object_name():
    path = ("fmt_options", "facet_options", "color")
    assert query_string.name_of(path) == "fmt_options[facet_options][color]"
