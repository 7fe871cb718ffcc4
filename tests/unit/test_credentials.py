import json
import traceback

import boto3
import pytest
from aws_lambda_powertools import Logger
from pydantic import SecretStr

from clock import Clock
from image_search.credentials import REFRESH_SECONDS, Credentials, CredentialsStore
from image_search.errors import InternalError, UpstreamUnavailable

SECRET = "image-search-credentials"


@pytest.fixture
def clock():
    return Clock()


def store_of(secret, clock):
    logger = Logger(service="image-search-proxy")
    return CredentialsStore(lambda: boto3.client("secretsmanager"), secret, logger, clock)


@pytest.fixture
def store(aws, clock):
    return store_of(SECRET, clock)


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


def test_a_rotated_secret_is_taken_when_refreshed(store):
    store.get()
    put({"key": "rotated"})
    assert (store.refresh(), store.get()) == (True, Credentials(key=SecretStr("rotated")))


def test_a_secret_that_is_still_the_same_was_not_rotated(store):
    store.get()
    assert store.refresh() is False


def test_a_sandbox_refreshes_once_in_a_while_only(store, clock):
    store.get()
    store.refresh()
    put({"key": "rotated"})
    clock.forward(REFRESH_SECONDS - 1)
    before = store.refresh()
    clock.forward(1)
    assert (before, store.refresh()) == (False, True)


def test_credentials_at_hand_outlive_secrets_manager(store):
    held = store.get()
    boto3.client("secretsmanager").delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    assert (store.refresh(), store.get()) == (False, held)


@pytest.mark.parametrize("value", ["canary", {"key": ""}])
def test_credentials_at_hand_outlive_an_unusable_secret(store, capsys, value):
    held = store.get()
    put(value)
    assert (store.refresh(), store.get()) == (False, held)


def test_secrets_that_were_replaced_stay_known(store):
    put({"key": "k", "token": "t"})
    store.get()
    put({"key": "rotated"})
    store.refresh()
    assert store.known == ("rotated", "k", "t")


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


def test_an_unreachable_secret_is_worth_another_try(aws, clock):
    store = store_of("no-such-secret", clock)
    with pytest.raises(UpstreamUnavailable):
        store.get()
