"""A secret is found and removed in each spelling; the libraries that spell it are the oracles."""

import base64
import json
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from image_search.credentials.spellings import REDACTED, Spellings, spellings_of
from spelled import SPELLINGS, every_character, in_base64, spell

SECRET = 'tok-"ca\\na+ry/%41=~02'
PLAIN = "key_CanaryCanary01"


spelled = st.lists(st.sampled_from(sorted(SPELLINGS)), min_size=1, max_size=3)


@pytest.mark.parametrize("name", SPELLINGS)
@pytest.mark.parametrize("secret", [PLAIN, SECRET])
def test_a_secret_is_removed_in_each_spelling_and_nothing_beside_it(name, secret):
    text = spell(secret, [name])
    clean = spellings_of((secret,)).redact(f"before {text} after")
    if "further" in name or "lines" in name or "URLs" in name or "after" in name:
        assert (clean.startswith("before "), clean.endswith(" after")) == (True, True)
        assert REDACTED in clean
        assert not spellings_of((secret,)).found_in(clean)
    else:
        assert clean == f"before {REDACTED} after"


@given(spelled, st.sampled_from([PLAIN, SECRET]), st.text(max_size=20), st.text(max_size=20))
@example(["base64", "base64", "base64"], PLAIN, "", "")
@example(["JSON", "JSON", "JSON"], SECRET, "\\", "\\")
@example(["JSON of escapes", "percent", "base64"], PLAIN, "%", "%4")
@example(["percent", "percent", "percent of every character"], SECRET, "", "")
def test_spellings_within_spellings_are_found(names, secret, before, after):
    text = spell(secret, names)
    spellings = spellings_of((secret,))
    clean = spellings.redact(f"{before} {text} {after}")
    assert REDACTED in clean
    assert not spellings.found_in(clean.replace(REDACTED, " "))


@given(st.integers(1, 12), st.sampled_from([PLAIN, SECRET]))
def test_json_is_read_at_any_depth(depth, secret):
    text = spell(secret, ["JSON"] * depth)
    assert spellings_of((secret,)).redact(f"<{text}>") == f"<{REDACTED}>"


@given(st.integers(1, 40))
def test_percent_encoding_is_read_however_often_it_was_done(times):
    text = spell(PLAIN, ["percent of every character"] + ["percent"] * times)
    assert spellings_of((PLAIN,)).redact(f"<{text}>") == f"<{REDACTED}>"


@given(st.binary(max_size=40), st.binary(max_size=40), st.integers(0, 3))
def test_base64_is_read_at_any_alignment(before, after, cut):
    text = base64.b64encode(before + PLAIN.encode() + after).decode()[cut if before[3:] else 0 :]
    assert spellings_of((PLAIN,)).found_in(text)


@given(st.text(max_size=200))
def test_a_text_without_the_secret_stays_as_it_is(text):
    assert spellings_of((PLAIN, SECRET)).redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "https://cdn.test/a%20b/key_Canary/01.jpg?x=%6b%65",
        json.dumps({"a": 'a "key" \\ of \n CanaryCanary01', "b": "é" * 30}),
        base64.b64encode(b"key_CanaryCanary0").decode(),
        "\ud800 half a character %ff \\ud800 \\u12",
        "%" * 100,
        "\\" * 101,
    ],
)
def test_what_is_like_a_secret_is_none(text):
    assert spellings_of((PLAIN,)).redact(text) == text


def test_each_occurrence_is_removed():
    text = f"{PLAIN},{every_character(PLAIN)},{in_base64(PLAIN)},{PLAIN}{PLAIN}"
    clean = spellings_of((PLAIN,)).redact(text)
    assert clean == ",".join([REDACTED] * 3) + f",{REDACTED}{REDACTED}"


@pytest.mark.parametrize("name", SPELLINGS)
def test_many_texts_are_read_as_each_would_be_alone(name):
    spellings = spellings_of((PLAIN, SECRET))
    secret = spell(SECRET, [name])
    texts = [f"{secret} {n}" if n % 3 else f"a\0b {n}" for n in range(300)] + ["", "%", "\\"]
    assert spellings.redact_each(texts) == {
        text: spellings.redact(text) for text in texts if spellings.found_in(text)
    }


@given(st.lists(st.text(max_size=20) | st.sampled_from([PLAIN, f"a{in_base64(PLAIN)}="])))
def test_texts_beside_each_other_change_nothing_of_one_another(texts):
    spellings = spellings_of((PLAIN,))
    redacted = {text: spellings.redact(text) for text in texts if spellings.found_in(text)}
    assert spellings.redact_each(texts) == redacted


@pytest.mark.parametrize(
    "name", ["as it is", "percent of every character", "JSON of escapes", "base64"]
)
def test_each_of_a_hundred_occurrences_is_removed(name):
    one = f"<{spell(PLAIN, [name])}>"
    assert (
        spellings_of((PLAIN,)).redact(f"a{one * 100}é")
        == f"a<{REDACTED}>" + f"<{REDACTED}>" * 99 + "é"
    )


@pytest.mark.parametrize("name", ["as it is", "percent of every character", "base64"])
def test_a_long_text_that_repeats_a_secret_many_times_loses_each(name):
    text = f"{spell(PLAIN, [name])} " * 20_000
    assert spellings_of((PLAIN,)).redact(text) == f"{REDACTED} " * 20_000


def test_a_text_that_repeats_a_secret_beyond_all_measure_loses_all_between():
    text = f"<{f'{PLAIN} ' * 100_001}>"
    assert spellings_of((PLAIN,)).redact(text) == f"<{REDACTED} >"


def test_secrets_that_overlap_leave_nothing_of_either():
    assert Spellings(("canary-one", "one-canary")).redact("<canary-one-canary>") == f"<{REDACTED}>"


def test_without_secrets_everything_stays():
    assert (Spellings(()).redact("a"), Spellings(("",)).redact("a")) == ("a", "a")


def test_a_secret_beyond_ascii_is_found_as_libraries_spell_it():
    secret = "käufer-😀-1234"
    for text in (quote(secret), json.dumps(secret), secret, in_base64(secret)):
        assert REDACTED in spellings_of((secret,)).redact(text)


def test_percent_encoding_is_what_the_standard_library_reads():
    text = "%6b%45y%5FCanary%43anary%30%31"
    assert unquote(text) == "kEy_CanaryCanary01"
    assert spellings_of(("kEy_CanaryCanary01",)).redact(text) == REDACTED
