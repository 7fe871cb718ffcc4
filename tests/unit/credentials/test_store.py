import json
import traceback

import boto3
import pytest
from aws_lambda_powertools import Logger
from pydantic import SecretStr

from clock import Clock
from image_search.credentials.secret import Credentials
from image_search.credentials.store import REFRESH_SECONDS, CredentialsStore
from image_search.errors import InternalError, InvalidParameters, UpstreamUnavailable

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
    put({"key": "key-of-the-shop", "token": "tok-of-the-index"})
    assert store.get() == Credentials(
        key=SecretStr("key-of-the-shop"), token=SecretStr("tok-of-the-index")
    )


@pytest.mark.parametrize(
    "value",
    [
        {"key": "key-of-the-shop"},
        {"key": "key-of-the-shop", "token": ""},
        {"key": "key-of-the-shop", "token": None},
    ],
)
def test_a_deployment_may_have_no_token(store, value):
    put(value)
    assert store.get() == Credentials(key=SecretStr("key-of-the-shop"))


def test_the_secret_is_fetched_once(store):
    first = store.get()
    put({"key": "key-rotated-1"})
    assert store.get() is first


def test_a_rotated_secret_is_taken_when_refreshed(store):
    held = store.get()
    put({"key": "key-rotated-1"})
    assert (store.refresh(held), store.get()) == (True, Credentials(key=SecretStr("key-rotated-1")))


def test_a_secret_that_is_still_the_same_was_not_rotated(store):
    assert store.refresh(store.get()) is False


def test_a_sandbox_refreshes_once_in_a_while_only(store, clock):
    held = store.get()
    store.refresh(held)
    put({"key": "key-rotated-1"})
    clock.forward(REFRESH_SECONDS - 1)
    before = store.refresh(held)
    clock.forward(1)
    assert (before, store.refresh(held)) == (False, True)


def test_credentials_replaced_meanwhile_need_no_other_look(store):
    held = store.get()
    put({"key": "key-rotated-1"})
    store.refresh(held)
    put({"key": "key-rotated-again"})
    assert (store.refresh(held), store.get()) == (True, Credentials(key=SecretStr("key-rotated-1")))


def test_credentials_at_hand_outlive_secrets_manager(store):
    held = store.get()
    boto3.client("secretsmanager").delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    assert (store.refresh(held), store.get()) == (False, held)


@pytest.mark.parametrize("value", ["canary", {"key": ""}])
def test_credentials_at_hand_outlive_an_unusable_secret(store, capsys, value):
    held = store.get()
    put(value)
    assert (store.refresh(held), store.get()) == (False, held)


def test_secrets_that_were_replaced_stay_known(store):
    put({"key": "key-of-the-shop", "token": "tok-of-the-index"})
    held = store.get()
    put({"key": "key-rotated-1"})
    store.refresh(held)
    assert store.known == ("key-rotated-1", "key-of-the-shop", "tok-of-the-index")


def test_known_secrets_are_those_fetched_so_far(store):
    put({"key": "key-of-the-shop", "token": "tok-of-the-index"})
    before = store.known
    store.get()
    assert (before, store.known) == ((), ("key-of-the-shop", "tok-of-the-index"))


def test_credentials_are_masked_when_printed():
    printed = repr(Credentials(key=SecretStr("canary-key"), token=SecretStr("canary-token")))
    assert "canary" not in printed


@pytest.mark.parametrize(
    "value",
    [
        "canary",
        "[]",
        '{"key": "canary", "more": ' + "[" * 100 + "]" * 100 + "}",
        '"canary"',
        {},
        {"key": ""},
        {"key": 7},
        {"key": "canary-canary\n"},
        {"key": "canary-canaryé"},
        {"key": "key-of-the-shop", "sites": {"UK!": {"key": "canary"}}},
        {"key": "key-of-the-shop", "sites": {"uk": {"token": "canary"}}},
        {"key": "key-of-the-shop", "sites": "canary"},
        {"key": "key-of-the-shop", "api_keys": {"web": "canary-canary\n"}},
    ],
)
def test_an_unusable_secret_is_our_error_and_not_quoted(store, value):
    put(value)
    with pytest.raises(InternalError) as caught:
        store.get()
    reported = "".join(traceback.format_exception(caught.value))
    assert "canary" not in reported


def test_an_unreachable_secret_is_worth_another_try(aws, clock):
    store = store_of("no-such-secret", clock)
    with pytest.raises(UpstreamUnavailable):
        store.get()


SITES = {
    "key": "key-of-the-shop",
    "token": "tok-of-the-index",
    "sites": {"uk": {"key": "key-of-the-uk", "token": ""}},
}


def test_a_site_has_its_own_key_and_token(store):
    put(SITES)
    assert store.get("uk") == Credentials(key=SecretStr("key-of-the-uk"))


def unknown(store, site):
    with pytest.raises(InvalidParameters) as caught:
        store.get(site)
    return [(problem.code, problem.source) for problem in caught.value.problems]


def test_a_site_that_nobody_has_set_up_is_the_clients_mistake(store):
    put(SITES)
    assert unknown(store, "fr") == [("invalid_parameter", "site")]


def test_a_site_that_was_added_is_found_without_a_deployment(store):
    store.get()
    put(SITES)
    assert store.get("uk").key.get_secret_value() == "key-of-the-uk"


def test_unknown_sites_are_looked_for_once_in_a_while_only(store, clock):
    unknown(store, "uk")
    put(SITES)
    before = unknown(store, "uk")
    clock.forward(REFRESH_SECONDS)
    assert (before, store.get("uk")) == (
        [("invalid_parameter", "site")],
        Credentials(key=SecretStr("key-of-the-uk")),
    )


def test_who_asks_for_unknown_sites_delays_no_rotation(store):
    held = store.get()
    unknown(store, "fr")
    put({"key": "key-rotated-1"})
    assert store.refresh(held) is True


def test_a_rotated_site_is_taken_when_refreshed(store):
    put(SITES)
    held = store.get("uk")
    put({**SITES, "sites": {"uk": {"key": "key-rotated-1"}}})
    assert (store.refresh(held, "uk"), store.get("uk")) == (
        True,
        Credentials(key=SecretStr("key-rotated-1")),
    )


def test_a_site_that_is_gone_was_not_rotated(store):
    put(SITES)
    held = store.get("uk")
    put({"key": "key-of-the-shop"})
    assert store.refresh(held, "uk") is False


def test_a_server_is_known_by_its_api_key(store):
    put({"key": "key-of-the-shop", "api_keys": {"web": "web-api-key-1", "feed": "feed-api-key-1"}})
    assert [
        store.caller_of(key) for key in ("feed-api-key-1", "Feed-api-key-1", "", "web-api-key-1 ")
    ] == [
        "feed",
        None,
        None,
        None,
    ]


def test_an_api_key_that_was_added_is_found_without_a_deployment(store):
    store.get()
    put({"key": "key-of-the-shop", "api_keys": {"web": "web-api-key-1"}})
    assert store.caller_of("web-api-key-1") == "web"


@pytest.fixture
def fetches():
    """Grows by one with each request for the secret."""
    return []


@pytest.fixture
def counted_store(aws, fetches, clock):
    client = boto3.client("secretsmanager")
    client.meta.events.register("before-call.secretsmanager", lambda **_: fetches.append(1))
    return CredentialsStore(lambda: client, SECRET, Logger(service="image-search-proxy"), clock)


def test_unknown_api_keys_are_looked_for_once_in_a_while_only(counted_store, fetches, clock):
    for key in ("a-key-of-none", "b-key-of-none", "c-key-of-none"):
        counted_store.caller_of(key)
    within = len(fetches)
    clock.forward(REFRESH_SECONDS)
    counted_store.caller_of("d-key")
    assert (within, len(fetches)) == (2, 3)


def test_a_request_without_an_api_key_fetches_nothing_anew(counted_store, fetches):
    counted_store.caller_of("")
    assert len(fetches) == 1


def test_who_tries_api_keys_delays_no_rotation(store):
    held = store.get()
    store.caller_of("no-key")
    put({"key": "key-rotated-1"})
    assert store.refresh(held) is True


def test_every_part_of_the_secret_is_known(store):
    put({**SITES, "api_keys": {"web": "web-api-key-1"}})
    store.get()
    assert store.known == ("key-of-the-shop", "tok-of-the-index", "key-of-the-uk", "web-api-key-1")


def test_half_a_character_is_no_servers_api_key(store):
    put({"key": "key-of-the-shop", "api_keys": {"web": "web-api-key-1"}})
    assert store.caller_of("\ud800") is None
