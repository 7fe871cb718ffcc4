import json
import traceback

import boto3
import pytest
from pydantic import SecretStr

from image_search.credentials import Credentials, CredentialsStore
from image_search.errors import InternalError, UpstreamUnavailable

SECRET = "image-search-credentials"


@pytest.fixture
def store(aws):
    return CredentialsStore(lambda: boto3.client("secretsmanager"), SECRET)


def put(value):
    text = value if isinstance(value, str) else json.dumps(value)
    boto3.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=text)


def test_the_secret_is_read_as_key_and_token(store):
    put({"key": "k", "token": "t"})
    assert store.get() == Credentials(key=SecretStr("k"), token=SecretStr("t"))


@pytest.mark.parametrize(
    "value", [{"key": "k"}, {"key": "k", "token": ""}, {"key": "k", "token": None}]
)
def test_a_deployment_may_have_no_token(store, value):
    put(value)
    assert store.get() == Credentials(key=SecretStr("k"))


def test_the_secret_is_fetched_once(store):
    first = store.get()
    put({"key": "rotated"})
    assert store.get() is first


def test_a_forgotten_secret_is_fetched_anew(store):
    store.get()
    put({"key": "rotated"})
    store.forget()
    assert store.get().key.get_secret_value() == "rotated"


def test_known_secrets_are_those_fetched_so_far(store):
    put({"key": "k", "token": "t"})
    before = store.known
    store.get()
    assert (before, store.known) == ((), ("k", "t"))


def test_credentials_are_masked_when_printed():
    printed = repr(Credentials(key=SecretStr("canary-key"), token=SecretStr("canary-token")))
    assert "canary" not in printed


@pytest.mark.parametrize(
    "value",
    [
        "canary",
        "[]",
        '"canary"',
        {},
        {"key": ""},
        {"key": 7},
        {"key": "canary\n"},
        {"key": "canaryé"},
    ],
)
def test_an_unusable_secret_is_our_error_and_not_quoted(store, value):
    put(value)
    with pytest.raises(InternalError) as caught:
        store.get()
    told = "".join(traceback.format_exception(caught.value))
    assert "canary" not in told


def test_an_unreachable_secret_is_worth_another_try(aws):
    store = CredentialsStore(lambda: boto3.client("secretsmanager"), "no-such-secret")
    with pytest.raises(UpstreamUnavailable):
        store.get()
