from collections.abc import Callable

import httpx
import pytest
from starlette.types import ASGIApp

from stand_in.control.access import Access
from stand_in.service.app import create_app
from stand_in.service.engine import Engine

Connect = Callable[[ASGIApp], httpx.Client]
Send = Callable[..., tuple[int, list[str]]]

TOKEN = {"x-cnstrc-token": "backend"}


@pytest.fixture
def send(engine: Engine, blank: bytes, connect: Connect) -> Send:
    client = connect(create_app(Access(key="ours", token="backend"), engine))

    def search(query: str, headers: dict[str, str]) -> tuple[int, list[str]]:
        answer = client.post(f"/v2/image_search?{query}", content=blank, headers=headers)
        return answer.status_code, [error["code"] for error in answer.json().get("errors", [])]

    return search


def test_the_right_key_and_token_search(send: Send) -> None:
    assert send("key=ours", TOKEN) == (200, [])


@pytest.mark.parametrize(
    ("query", "headers", "answer"),
    [
        ("key=evil", TOKEN, (401, ["invalid_key"])),
        ("key=ours", {}, (401, ["invalid_token"])),
        ("key=ours", {"x-cnstrc-token": "guess"}, (401, ["invalid_token"])),
        ("section=Products", TOKEN, (400, ["missing_parameter"])),
    ],
)
def test_anything_else_does_not(
    send: Send, query: str, headers: dict[str, str], answer: tuple[int, list[str]]
) -> None:
    assert send(query, headers) == answer


def test_protected_facets_need_a_token_where_none_is_asked_for(
    client: httpx.Client, blank: bytes
) -> None:
    url = "/v2/image_search?key=any&fmt_options[show_protected_facets]=true"
    without = client.post(url, content=blank).status_code
    with_token = client.post(url, content=blank, headers=TOKEN).status_code
    assert (without, with_token) == (401, 200)
