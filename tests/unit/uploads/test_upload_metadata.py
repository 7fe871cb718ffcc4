import pytest

from image_search.errors import InvalidParameters
from image_search.parameters.search_parameters import SearchParameters
from image_search.uploads import upload_metadata


def encoded(raw_query):
    return upload_metadata.encode(SearchParameters.parse(raw_query))


@pytest.mark.parametrize(
    ("raw_query", "text"),
    [
        ("", "?"),
        ("section=Products&key=k&c=c&_dt=1", "?"),
        ("us=b&us=a&fmt_options[fields]=p%2Bq", "?fmt_options%5Bfields%5D=p%2Bq&us=a&us=b"),
        ("section=Sch%C3%B6nes", "?section=Sch%C3%B6nes"),
        ("i=my-phone&s=3&ui=me", "?"),
    ],
)
def test_a_search_is_one_line_that_names_no_end_user(raw_query, text):
    assert encoded(raw_query) == text


def test_a_search_is_read_as_it_was_written():
    parameters = SearchParameters.parse("fmt_options[facet_options][color]=red&us=a,b&us=c%26d")
    text = upload_metadata.encode(parameters)
    assert text is not None
    assert upload_metadata.parse(text, ()) == parameters


@pytest.mark.parametrize(("length", "is_carried"), [(1496, True), (1497, False)])
def test_a_search_too_long_for_metadata_is_not_carried(length, is_carried):
    text = encoded("us=" + "a" * length)
    assert (text is not None) is is_carried


@pytest.mark.parametrize(
    "text", ["", "us=a", "?colour=red", "?s=0", "?fmt_options[show_hidden_fields]=true"]
)
def test_what_no_form_says_is_refused(text):
    with pytest.raises(InvalidParameters):
        upload_metadata.parse(text, ())


def test_what_the_deployment_allows_is_read():
    found = upload_metadata.parse("?fmt_options[show_hidden_fields]=true", {"show_hidden_fields"})
    assert found.fmt_options.show_hidden_fields is True
