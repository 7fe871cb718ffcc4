from image_search.answers import Answer

ANSWER = Answer.from_json(b'{"a":1}', 1000, 60)


def test_the_json_comes_back_as_it_was():
    assert ANSWER.json() == b'{"a":1}'


def test_the_same_json_is_the_same_stored_body_and_tag():
    other = Answer.from_json(b'{"a":1}', 2000, 1)
    assert (other.body, other.entity_tag) == (ANSWER.body, ANSWER.entity_tag)


def test_another_json_has_another_tag():
    assert Answer.from_json(b"{}", 1000, 60).entity_tag != ANSWER.entity_tag


def test_age_and_freshness_add_up_to_the_lifetime():
    assert (ANSWER.age(1025), ANSWER.freshness(1025)) == (25, 35)


def test_neither_age_nor_freshness_is_negative():
    assert (ANSWER.age(990), ANSWER.freshness(1061)) == (0, 0)
