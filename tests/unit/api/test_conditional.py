import pytest

from api.conditional import entity_tag, none_match


def test_two_codings_have_two_tags():
    assert (entity_tag("a1", gzip=False), entity_tag("a1", gzip=True)) == ('"a1"', '"a1-gzip"')


@pytest.mark.parametrize("header", ['"a1"', 'W/"a1"', '"x", "a1"', '"x","a1"', "*", " * "])
def test_a_client_that_has_the_answer_is_recognised(header):
    assert not none_match(header, '"a1"')


@pytest.mark.parametrize("header", ["", '"b2"', "a1", '"a1', '"a1-gzip"', '"xa1"', "\x00"])
def test_any_other_client_is_not(header):
    assert none_match(header, '"a1"')


@pytest.mark.parametrize("tag", ['"!"', '"#"', '"~"', '"\x80"', '"ÿ"', '""'])
def test_a_tag_may_hold_whatever_the_rfc_lets_it(tag):
    assert not none_match(tag, tag)


@pytest.mark.parametrize("tag", ['"a b"', '"\x7f"', '"\x1f"', '"Ā"'])
def test_what_the_rfc_does_not_take_for_a_tag_matches_nothing(tag):
    assert none_match(tag, tag)
