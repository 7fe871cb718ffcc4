"""What a client's cache makes of an answer: its life, its conditions, and whose it is."""

import hashlib
import json

import boto3
import httpx
import pytest

from wire import ANSWER, INDEX_KEY, JPEG, TABLE, TOKEN, UPLOADS, http_event

SHA256 = hashlib.sha256(JPEG).hexdigest()
PATH = f"/v2/image_search/{SHA256}"
LIFE = 3600


def age(seconds):
    """Brings the stored answer to an age."""
    table = boto3.resource("dynamodb").Table(TABLE)
    for item in table.scan()["Items"]:
        if "fresh_until" in item:
            for name in ("stored_at", "fresh_until"):
                item[name] -= seconds
            table.put_item(Item=item)


def upload():
    boto3.client("s3").put_object(Bucket=UPLOADS, Key=f"uploads/{SHA256}", Body=JPEG)


def life(reply):
    """What its headers say, of which caches subtract the second from the first."""
    return reply.headers["Cache-Control"], reply.headers["Age"]


def is_about(reply, max_age, seconds):
    """A test may take some seconds."""
    directives, said = life(reply)
    return directives == f"private, max-age={max_age}" and seconds <= int(said) <= seconds + 30


def test_a_new_answer_has_all_of_its_life(proxy):
    assert is_about(proxy.post(), LIFE, 0)


@pytest.mark.parametrize("seconds", [60, 1800, 3200])
@pytest.mark.parametrize("send", ["post", "get", "head"])
def test_a_hit_has_the_whole_life_and_says_what_is_gone(proxy, send, seconds):
    proxy.post()
    age(seconds)
    reply = proxy.post() if send == "post" else proxy.get(PATH, method=send.upper())
    assert is_about(reply, LIFE, seconds)


def test_a_304_says_what_is_gone(proxy):
    tag = proxy.post().headers["ETag"]
    age(1800)
    reply = proxy.get(PATH, {"if-none-match": tag})
    assert (reply.status, is_about(reply, LIFE, 1800)) == (304, True)


def test_a_304_after_a_new_search_begins_a_new_life(proxy):
    """The client's cache would go on with the age it holds if this said none."""
    upload()
    tag = proxy.post().headers["ETag"]
    age(LIFE + 10)
    reply = proxy.get(PATH, {"if-none-match": tag})
    assert (reply.status, reply.cache_status, is_about(reply, LIFE, 0)) == (
        304,
        "image-search-proxy; fwd=stale; stored; ttl=3600",
        True,
    )


def test_a_stale_answer_is_good_for_no_second(proxy, upstream):
    proxy.post()
    age(LIFE + 10)
    upstream.answers(500)
    reply = proxy.post()
    assert (is_about(reply, 0, LIFE + 10), "detail=stale-if-error" in reply.cache_status) == (
        True,
        True,
    )


def test_a_degraded_answer_has_a_minute(proxy, upstream):
    upstream.answers(200, json={**ANSWER, "whole_image_search_fallback": True})
    proxy.post()
    age(20)
    assert is_about(proxy.post(), 60, 20)


# --- conditions ---------------------------------------------------------------------------------

ASKING_ANEW = ["no-cache", "no-store", "max-age=0", "max-age=5"]


@pytest.fixture
def bypassing(build_proxy):
    """A deployment that lets clients go past the cache."""
    return build_proxy(ALLOW_CACHE_BYPASS="true")


@pytest.mark.parametrize("directive", ASKING_ANEW)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_condition_that_a_fresh_answer_meets_is_304_without_a_search(
    bypassing, upstream, directive, method
):
    tag = bypassing.post().headers["ETag"]
    age(60)
    headers = {"if-none-match": tag, "cache-control": directive, "pragma": "no-cache"}
    reply = bypassing.get(PATH, headers, method=method)
    assert (reply.status, len(upstream.requests)) == (304, 1)


@pytest.mark.parametrize("coding", ["gzip", ""])
def test_it_is_met_in_the_coding_that_the_client_takes(bypassing, upstream, coding):
    upload()
    takes = {"accept-encoding": coding}
    tag = bypassing.get(PATH, takes).headers["ETag"]
    asking = {"if-none-match": tag, "cache-control": "no-cache"}
    statuses = [
        bypassing.get(PATH, {**asking, "accept-encoding": each}).status for each in (coding, "br")
    ]
    assert (statuses, len(upstream.requests)) == (
        [304, 304 if not coding else 200],
        1 + bool(coding),
    )


def test_one_that_it_does_not_meet_is_a_search(bypassing, upstream):
    upload()
    bypassing.post()
    reply = bypassing.get(PATH, {"if-none-match": '"other"', "cache-control": "no-cache"})
    assert (reply.status, len(upstream.requests)) == (200, 2)


def test_for_an_image_that_is_not_there_that_is_the_form(bypassing):
    bypassing.post()
    reply = bypassing.get(PATH, {"if-none-match": '"other"', "cache-control": "no-cache"})
    assert (reply.status, reply.code, "upload" in reply.json) == (404, "image_not_found", True)


def test_a_stale_answer_meets_none(bypassing, upstream):
    upload()
    tag = bypassing.post().headers["ETag"]
    age(LIFE + 10)
    upstream.answers(200, json={**ANSWER, "result_id": "new"})
    reply = bypassing.get(PATH, {"if-none-match": tag, "cache-control": "no-cache"})
    assert (reply.status, len(upstream.requests)) == (200, 2)


def test_a_post_has_no_condition(bypassing, upstream):
    tag = bypassing.post().headers["ETag"]
    headers = {"if-none-match": tag, "cache-control": "no-cache"}
    assert (bypassing.post(headers=headers).status, len(upstream.requests)) == (200, 2)


# --- whose it is --------------------------------------------------------------------------------

ANYONES = "Accept-Encoding"
THE_CALLERS = "Accept-Encoding, Authorization, X-Api-Key"


def by_token(method, path, body=b"", headers=None):
    event = http_event(method, path, "", headers, body)
    event["requestContext"]["authorizer"] = {"jwt": {"claims": {"sub": "me"}, "scopes": None}}
    return event


def test_where_anyone_may_call_an_answer_does_not_depend_on_the_caller(proxy):
    replies = [proxy.post(), proxy.get(PATH), proxy.get(PATH, {"authorization": "Bearer x"})]
    assert [reply.headers["Vary"] for reply in replies] == [ANYONES] * 3


def test_where_users_sign_in_it_does(proxy):
    tag = proxy.send(by_token("POST", "/v2/image_search", JPEG)).headers["ETag"]
    replies = [
        proxy.send(by_token("GET", PATH)),
        proxy.send(by_token("GET", PATH, headers={"if-none-match": tag})),
    ]
    assert [(reply.status, reply.headers["Vary"]) for reply in replies] == [
        (200, THE_CALLERS),
        (304, THE_CALLERS),
    ]


def test_where_servers_have_keys_it_does(build_proxy, environment):
    secret = {"key": INDEX_KEY, "token": TOKEN, "api_keys": {"web": "web-canary-canary"}}
    boto3.client("secretsmanager").put_secret_value(
        SecretId=environment["CREDENTIALS_SECRET_ARN"], SecretString=json.dumps(secret)
    )
    reply = build_proxy(REQUIRE_API_KEY="true").post(headers={"x-api-key": "web-canary-canary"})
    assert (reply.status, reply.headers["Vary"]) == (200, THE_CALLERS)


def test_an_error_is_kept_by_no_cache(proxy, upstream):
    upstream.answer = lambda _: httpx.Response(500)
    assert proxy.post().headers["Cache-Control"] == "no-store"
