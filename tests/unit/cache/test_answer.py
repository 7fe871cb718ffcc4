import gzip

from image_search.cache.answer import Answer

ANSWER = Answer.from_json(b'{"a":1}', 1000, 60)


def test_the_json_comes_back_as_it_was():
    assert ANSWER.json == b'{"a":1}'


def test_the_same_json_is_the_same_stored_body_and_tag():
    other = Answer.from_json(b'{"a":1}', 2000, 1)
    assert (other.body, other.entity_tag) == (ANSWER.body, ANSWER.entity_tag)


def test_another_json_has_another_tag():
    assert Answer.from_json(b"{}", 1000, 60).entity_tag != ANSWER.entity_tag


def test_age_and_freshness_add_up_to_the_lifetime():
    assert (ANSWER.age(1025), ANSWER.freshness(1025)) == (25, 35)


def test_neither_age_nor_freshness_is_negative():
    assert (ANSWER.age(990), ANSWER.freshness(1061)) == (0, 0)


def test_an_answer_is_fresh_for_its_lifetime_from_now_on():
    assert (ANSWER.stored_at, ANSWER.fresh_until) == (1000, 1060)


def test_the_tag_is_the_first_128_bits_of_the_jsons_sha256():
    assert ANSWER.entity_tag == "015abd7f5cc57a2dd94b7590f04ad808"


def test_gzip_that_is_there_already_is_stored_as_it_is():
    compressed = gzip.compress(b'{"a":1}', 1)
    assert Answer.from_json(b'{"a":1}', 1000, 60, compressed) == Answer(
        compressed, ANSWER.entity_tag, 1000, 1060
    )


def test_a_body_names_no_time():
    """RFC 1952: four bytes of the header say when, unless they are 0."""
    assert ANSWER.body[4:8] == bytes(4)


def test_the_body_is_not_shown():
    assert repr(ANSWER) == (
        "Answer(entity_tag='015abd7f5cc57a2dd94b7590f04ad808', stored_at=1000, fresh_until=1060)"
    )
