"""What is refused of a secret is said at once, by its place and the reason, and never quoted."""

import json

import pytest

from image_search.credentials.secret import SHORTEST, parse_secret
from image_search.errors import InternalError

GOOD = "key_CanaryCanary01"


def refusal(value):
    with pytest.raises(InternalError) as caught:
        parse_secret(value if isinstance(value, str) else json.dumps(value))
    return caught.value.detail


@pytest.mark.parametrize(
    ("value", "detail"),
    [
        ({"key": "canary-canary\n"}, "key: character 14 is not visible ASCII"),
        ({"key": "canary canary"}, "key: character 7 is not visible ASCII"),
        ({"key": " canary-canary"}, "key: character 1 is not visible ASCII"),
        ({"key": "canary-canary\x7f"}, "key: character 14 is not visible ASCII"),
        ({"key": GOOD, "token": "canary-canaryé"}, "token: character 14 is not visible ASCII"),
        (
            {"key": GOOD, "api_keys": {"a": GOOD, "b": "canary\tcanary"}},
            "entry 2 of api_keys: character 7 is not visible ASCII",
        ),
        (
            {"key": GOOD, "sites": {"uk": {"key": "canary-canary\u200b"}}},
            "entry 1 of sites, key: character 14 is not visible ASCII",
        ),
        ({"key": GOOD, "sites": {"uk": {"token": GOOD}}}, "entry 1 of sites, key: Field required"),
        ({"key": ["canary"]}, "key: Input should be a valid string"),
        (
            {"key": "x" * 4097},
            "key: Value should have at most 4096 items after validation, not 4097",
        ),
        ({"token": GOOD}, "key: Field required"),
        ({"key": "canary"}, "under 12 characters in key or token"),
        ({"key": GOOD, "token": "canary"}, "under 12 characters in key or token"),
        ({"key": GOOD, "api_keys": {"web": "Metrics"}}, "under 12 characters in api_keys"),
        ({"key": GOOD, "api_keys": {GOOD: "web"}}, "under 12 characters in api_keys"),
        ({"key": GOOD, "sites": {"uk": {"key": "canary"}}}, "under 12 characters in sites"),
    ],
)
def test_the_place_and_the_reason_are_said(value, detail):
    assert refusal(value) == f"the secret cannot be used: {detail}"


def test_everything_that_is_wrong_is_said():
    wrong = {"token": "é" * 20, "api_keys": {"a": "canary\n", "b": 7}}
    assert refusal(wrong) == (
        "the secret cannot be used: key: Field required; token: character 1 is not visible ASCII;"
        " entry 1 of api_keys: character 7 is not visible ASCII;"
        " entry 2 of api_keys: Input should be a valid string"
    )


@pytest.mark.parametrize("text", ["", "canary", "[]", '{"key": NaN}', "[" * 200, "\ufeff{}"])
def test_what_is_no_object_is_said_to_be_none(text):
    assert refusal(text) == "the secret is not a JSON object"


@pytest.mark.parametrize("key", ['canary"canary', "canary\\canary", "c" * SHORTEST, "~!" * 2048])
def test_any_visible_ascii_is_taken(key):
    assert list(parse_secret(json.dumps({"key": key})).everything()) == [key]
