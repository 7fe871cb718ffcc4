import json

import pytest

from image_search.credentials.redaction import scrub_answer, scrub_json, scrub_text

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


def test_the_request_echo_loses_what_names_the_key_or_the_end_user():
    echo = {"key": "k", "i": "d", "s": 1, "ui": "u", "section": "Products"}
    assert scrubbed({"request": echo}) == {"request": {"section": "Products"}}


def test_the_browse_url_loses_what_names_the_key_or_the_end_user():
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


def test_an_answer_with_escapes_and_nothing_to_hide_is_returned_itself():
    answer = {"a": "first\nok \u00e9"}
    source = json.dumps(answer).encode()
    assert scrub_answer(answer, SECRETS, source) is answer


@pytest.mark.parametrize("source", ['{"a": "l\\u00f6ck"}', '{"a": "löck", "b": "\\n"}'])
def test_a_secret_beyond_ascii_is_found_in_either_spelling(source):
    clean = scrub_answer(json.loads(source), ("löck",), source.encode())
    assert clean["a"] == "[redacted]"


def test_a_parameter_without_a_value_stays_in_the_browse_url():
    assert scrubbed({"response": {"browse_url": "https://ac.test/browse?a&b=&key=k&c=1"}}) == {
        "response": {"browse_url": "https://ac.test/browse?a=&b=&c=1"}
    }


@pytest.mark.parametrize("name", ["key", "i", "s", "ui", "x-cnstrc-token", "token"])
def test_every_private_parameter_is_taken_out_and_nothing_beside_it(name):
    answer = {
        "request": {name: "v", "section": "A"},
        "response": {"browse_url": f"https://ac.test/?{name}=v", "total_num_results": 1},
        "result_id": "r",
    }
    assert scrubbed(answer) == {
        "request": {"section": "A"},
        "response": {"browse_url": "https://ac.test/", "total_num_results": 1},
        "result_id": "r",
    }


@pytest.mark.parametrize(
    "answer",
    [
        {"request": ["key"], "response": ["browse_url"]},
        {"request": None, "response": None},
        {"response": {"browse_url": None}},
        {"response": {"browse_url": ["https://ac.test/?key=k"]}},
    ],
)
def test_what_has_another_form_than_upstreams_is_left_alone(answer):
    assert scrubbed(answer) is answer


def test_secrets_and_what_names_the_end_user_go_together():
    answer = {"request": {"ui": "u", "section": "tok"}, "results": ["tok"]}
    assert scrubbed(answer) == {"request": {"section": "[redacted]"}, "results": ["[redacted]"]}


@pytest.mark.parametrize("value", [None, True, 1, 1.5])
def test_what_is_no_text_holds_no_secret(value):
    assert scrub_json({"a": value}, SECRETS) == {"a": value}


def test_a_secret_that_is_the_middle_of_another_leaves_nothing_of_it():
    assert scrub_text("a-tok-1 tok", ("tok", "a-tok-1")) == "[redacted] [redacted]"


@pytest.mark.parametrize("text", ["ok", "to", "to k"])
def test_a_part_of_a_secret_is_none(text):
    answer = {"a": f"{text}\n"}
    assert scrubbed(answer) is answer
