import pytest
from hypothesis import given
from hypothesis import strategies as st

from image_search import query
from image_search.errors import InvalidParameters

text = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(text.filter(bool), text)).map(tuple))
def test_encoding_then_parsing_gives_the_same_pairs(pairs):
    assert query.parse(query.encode(pairs)) == pairs


def test_plus_is_a_space_and_percent_2b_a_plus():
    assert query.parse("us=a+b&us=a%2Bb") == (("us", "a b"), ("us", "a+b"))


def test_a_comma_is_part_of_the_value():
    assert query.parse("us=a,b&us=c") == (("us", "a,b"), ("us", "c"))


def test_a_value_may_be_empty():
    assert query.parse("i=&ui") == (("i", ""), ("ui", ""))


def test_bytes_that_are_not_utf_8_are_refused():
    with pytest.raises(InvalidParameters):
        query.parse("us=%ff")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("section", ("section",)),
        ("fmt_options[fields]", ("fmt_options", "fields")),
        ("fmt_options[facet_options][color]", ("fmt_options", "facet_options", "color")),
        ("fmt_options[facet_options][color", None),
        ("fmt_options[]", None),
        ("a]b", None),
        ("", None),
    ],
)
def test_a_deep_object_name_is_a_path(name, path):
    assert query.path_of(name) == path


def test_a_path_is_a_deep_object_name():
    assert query.name_of(("fmt_options", "fields")) == "fmt_options[fields]"
