"""A caller without a valid token does not get as far as the function."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import httpx
import pytest

from e2e.conftest import LocalStack
from sign_in.conftest import SEARCHES_PER_DAY
from sign_in.issuer import Issuer, issuing

ROUTES = [
    ("POST", "/v2/image_search"),
    ("GET", f"/v2/image_search/{'a' * 64}"),
    ("HEAD", f"/v2/image_search/{'a' * 64}"),
    ("POST", "/v2/uploads"),
]


@pytest.fixture
def search(stack: LocalStack, client: httpx.Client, photo: bytes) -> Callable[..., httpx.Response]:
    """One that nobody has searched for before."""

    def one(token: str | None) -> httpx.Response:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        query = {"us": uuid.uuid4().hex}
        return client.post(stack.search_url, params=query, content=photo, headers=headers)

    return one


def tampered(token: str) -> str:
    """The same token with another signature."""
    head, payload, signature = token.split(".")
    return f"{head}.{payload}.{signature[:-8]}{'A' * 8}"


def unsigned(token: str) -> str:
    _, payload, _ = token.split(".")
    return f"eyJhbGciOiJub25lIn0.{payload}."


BAD_TOKENS: dict[str, Callable[[Issuer], str | None]] = {
    "none": lambda _: None,
    "nonsense": lambda _: "nonsense",
    "expired": lambda issuer: issuer.token(exp=int(time.time()) - 120),
    "not yet valid": lambda issuer: issuer.token(nbf=int(time.time()) + 600),
    "another audience": lambda issuer: issuer.token(aud="someone-else"),
    "no audience": lambda issuer: issuer.token(aud=None),
    "another issuer": lambda issuer: issuer.token(iss="https://issuer.test"),
    "another signature": lambda issuer: tampered(issuer.token()),
    "no signature": lambda issuer: unsigned(issuer.token()),
}


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_a_bad_token_is_401_before_the_function_runs(
    stack: LocalStack, search: Callable[..., httpx.Response], issuer: Issuer, kind: str
) -> None:
    before = stack.log_text.count('"message":"request"')
    answer = search(BAD_TOKENS[kind](issuer))
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert stack.log_text.count('"message":"request"') == before


def test_a_token_signed_by_another_key_is_401(
    search: Callable[..., httpx.Response], issuer: Issuer
) -> None:
    with issuing() as impostor:
        assert search(impostor.token(iss=issuer.url)).status_code == 401


def test_a_valid_token_is_a_search(search: Callable[..., httpx.Response], issuer: Issuer) -> None:
    answer = search(issuer.token(sub=uuid.uuid4().hex))
    assert (answer.status_code, len(answer.json()["response"]["results"]) > 0) == (200, True)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_that_costs_asks_for_a_token(
    stack: LocalStack, client: httpx.Client, method: str, path: str
) -> None:
    assert client.request(method, f"{stack.endpoint}{path}").status_code == 401


@pytest.mark.parametrize("path", ["/health", "/openapi.json"])
def test_what_costs_nothing_is_open(stack: LocalStack, client: httpx.Client, path: str) -> None:
    assert client.get(f"{stack.endpoint}{path}").status_code == 200


def test_a_wrong_url_is_refused_without_a_token_and_is_nothing_else(
    stack: LocalStack, client: httpx.Client
) -> None:
    wrong = client.get(f"{stack.endpoint}/v1/image_search")
    method = client.get(stack.search_url)
    assert [(each.status_code, each.json()["errors"][0]["code"]) for each in (wrong, method)] == [
        (404, "not_found"),
        (405, "method_not_allowed"),
    ]


def test_an_answer_is_kept_for_its_user_only(
    search: Callable[..., httpx.Response], issuer: Issuer
) -> None:
    varies = search(issuer.token(sub=uuid.uuid4().hex)).headers["Vary"]
    assert {"Accept-Encoding", "Authorization", "X-Api-Key"} <= set(varies.split(", "))


def test_a_web_page_may_ask_whether_it_may_ask(stack: LocalStack, client: httpx.Client) -> None:
    headers = {
        "Origin": "https://shop.test",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    answer = client.options(stack.search_url, headers=headers)
    assert answer.status_code == 204
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_each_user_has_a_quota_of_their_own_from_one_address(
    search: Callable[..., httpx.Response], issuer: Issuer
) -> None:
    first, second = (issuer.token(sub=uuid.uuid4().hex) for _ in range(2))
    spent = [search(first).status_code for _ in range(SEARCHES_PER_DAY + 1)]
    assert (spent, search(second).status_code) == ([200] * SEARCHES_PER_DAY + [429], 200)


def test_the_log_names_no_user(
    stack: LocalStack, search: Callable[..., httpx.Response], issuer: Issuer
) -> None:
    subject = f"canary-{uuid.uuid4().hex}"
    token = issuer.token(sub=subject)
    search(token)
    written = stack.log_text + str(stack.dynamodb.scan(TableName=stack.table)["Items"])
    assert [secret for secret in (subject, token) if secret in written] == []
