"""Several indexes behind one deployment: each with its own key and cache, and no cross-talk."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

import boto3
import httpx
import pytest

from wire import ANSWER, INDEX_KEY, JPEG, TOKEN

KEYS = {None: INDEX_KEY, "uk": "key_of_the_uk", "fr": "key_of_france"}
PATH = f"/v2/image_search/{hashlib.sha256(JPEG).hexdigest()}"
SANDBOXES = 4
ROUNDS = 12


@pytest.fixture
def sites(aws, environment, upstream):
    """Two sites beside the deployment's own index; upstream's answer tells which was searched."""
    secret = {
        "key": INDEX_KEY,
        "token": TOKEN,
        "sites": {
            "uk": {"key": "key_of_the_uk", "token": "tok_of_the_uk"},
            "fr": {"key": "key_of_france"},
        },
    }
    boto3.client("secretsmanager").put_secret_value(
        SecretId=environment["CREDENTIALS_SECRET_ARN"], SecretString=json.dumps(secret)
    )
    upstream.answer = lambda request: httpx.Response(
        200, json={**ANSWER, "result_id": digest(request.url.params["key"])}
    )


def digest(key):
    return hashlib.sha256(key.encode()).hexdigest()


def query_of(site, **more):
    given = {**more} if site is None else {"site": site, **more}
    return "&".join(f"{name}={value}" for name, value in given.items())


@pytest.mark.parametrize("site", KEYS)
def test_a_site_is_searched_with_its_own_key(sites, proxy, site):
    assert proxy.post(query=query_of(site)).json["result_id"] == digest(KEYS[site])


def test_a_site_is_searched_with_its_own_token_or_none(sites, proxy, upstream):
    tokens = []
    for site in KEYS:
        proxy.post(query=query_of(site))
        tokens.append(upstream.requests[-1].headers.get("x-cnstrc-token"))
    assert tokens == [TOKEN, "tok_of_the_uk", None]


def test_upstream_hears_nothing_of_sites(sites, proxy, upstream):
    proxy.post(query="site=uk&us=web")
    assert [name for name, _ in upstream.query] == ["key", "c", "us"]


def test_the_same_photo_is_searched_once_for_each_site(sites, proxy, upstream):
    found = [proxy.post(query=query_of(site)).json["result_id"] for site in [*KEYS, *KEYS]]
    assert (found, len(upstream.requests)) == ([digest(key) for key in KEYS.values()] * 2, 3)


def test_the_get_that_names_an_answer_names_its_site(sites, proxy):
    location = proxy.post(query="site=uk").headers["Content-Location"]
    path, _, query = location.partition("?")
    reply = proxy.get(path, query=query)
    assert (query, reply.json["result_id"], "hit" in reply.cache_status) == (
        "site=uk",
        digest("key_of_the_uk"),
        True,
    )


@pytest.mark.parametrize("site", ["de", "UK", "", "u/k", "a" * 51])
def test_an_unknown_site_is_400_by_every_route(sites, proxy, upstream, site):
    upload = json.dumps({"sha256": "a" * 64, "content_type": "image/jpeg", "size": 1}).encode()
    as_json = {"content-type": "application/json"}
    replies = [
        proxy.post(query=f"site={site}"),
        proxy.get(PATH, query=f"site={site}"),
        proxy.post(upload, f"site={site}", as_json, path="/v2/uploads"),
    ]
    reported = [(reply.status, reply.json["errors"][0]["source"]) for reply in replies]
    assert (reported, upstream.requests) == ([(400, "site")] * 3, [])


def test_many_at_once_get_their_own_sites_answers(sites, build_proxy):
    def ask(number):
        proxy = sandboxes[number]
        return [
            (site, proxy.post(query=query_of(site, us=str(round_))).json["result_id"])
            for round_ in range(ROUNDS)
            for site in KEYS
        ]

    sandboxes = [build_proxy(SEARCHES_PER_MINUTE="1000") for _ in range(SANDBOXES)]
    with ThreadPoolExecutor(SANDBOXES) as pool:
        found = [each for one in pool.map(ask, range(SANDBOXES)) for each in one]
    assert [result for _, result in found] == [digest(KEYS[site]) for site, _ in found]
    assert len(found) == SANDBOXES * ROUNDS * len(KEYS)


def test_no_key_of_any_site_is_reported(sites, proxy, capfd, upstream):
    upstream.answers(400, json={"message": "key_of_the_uk tok_of_the_uk", "errors": []})
    reply = proxy.post(query="site=uk")
    reported = f"{reply.body!r} {capfd.readouterr().out}"
    assert [secret for secret in ("key_of_the_uk", "tok_of_the_uk") if secret in reported] == []
