import json

import pytest

from image_search.scrub import scrub_answer, scrub_json, scrub_text

SECRETS = ("key/one", "tok")


def test_a_secret_is_replaced_in_clear_and_percent_encoded():
    assert scrub_text("a key/one b key%2Fone", SECRETS) == "a [redacted] b [redacted]"


def test_secrets_are_replaced_anywhere_in_a_json_value():
    assert scrub_json({"key/one": ["x", {"y": "a tok"}], "n": 1}, SECRETS) == {
        "[redacted]": ["x", {"y": "a [redacted]"}],
        "n": 1,
    }


def test_a_secret_that_is_part_of_another_leaves_nothing_of_it():
    assert scrub_text("tok-1 tok", ("tok", "tok-1")) == "[redacted] [redacted]"


def scrubbed(answer, secrets=SECRETS):
    return scrub_answer(answer, secrets, json.dumps(answer).encode())


@pytest.mark.parametrize(
    "source", ['{"a": "tok"}', '{"a": "\\u0074ok"}', '{"a": "key%2Fone"}', '{"tok": 1}']
)
def test_a_secret_is_found_however_the_source_spells_it(source):
    assert "[redacted]" in str(scrub_answer(json.loads(source), SECRETS, source.encode()))


def test_a_secret_that_json_writes_with_escapes_is_found():
    assert scrub_json(['say "tok" twice'], ('"tok"',)) == ["say [redacted] twice"]
    assert scrubbed({"a": 'say "tok" twice'}, ('"tok"',)) == {"a": "say [redacted] twice"}


@pytest.mark.parametrize("source", ['{"a": "tok", "a": 1}', '{"a": "\\u0074ok", "a": 1}'])
def test_an_answer_is_not_as_it_came_where_a_member_named_twice_hides_a_secret(source):
    answer = json.loads(source)
    clean = scrub_answer(answer, SECRETS, source.encode())
    assert clean == {"a": 1}
    assert clean is not answer


def test_an_answer_with_nothing_to_hide_is_returned_itself():
    answer = {
        "request": {"section": "Products"},
        "response": {"browse_url": "https://ac.test/browse?ids=1", "results": ["a"]},
    }
    assert scrubbed(answer) is answer


def test_the_request_echo_loses_what_names_the_key_or_the_shopper():
    echo = {"key": "k", "i": "d", "s": 1, "ui": "u", "section": "Products"}
    assert scrubbed({"request": echo}) == {"request": {"section": "Products"}}


def test_the_browse_url_loses_what_names_the_key_or_the_shopper():
    url = "https://ac.test/browse/items?ids=1&ids=2&key=abc&i=d&s=1&section=A%20B#top"
    assert scrubbed({"response": {"browse_url": url}}) == {
        "response": {"browse_url": "https://ac.test/browse/items?ids=1&ids=2&section=A%20B#top"}
    }


def test_a_browse_url_without_secrets_is_left_as_it_is():
    answer = {"response": {"browse_url": "https://ac.test/browse?a=+&b"}}
    assert scrubbed(answer) == answer


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://[ac.test?key=k", "https://[ac.test"),
        (" ////ac.test//a?key=k&a=1#", " ////ac.test//a?a=1#"),
        ("/browse?a=1?b&key=k#x?key=k", "/browse?a=1%3Fb#x?key=k"),
        ("?key=k", ""),
    ],
)
def test_a_browse_url_loses_them_however_odd_it_is(url, public):
    assert scrubbed({"response": {"browse_url": url}}) == {"response": {"browse_url": public}}
