"""What Chromium's own cache makes of our answers."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest
from playwright.sync_api import Browser, Page

from browser.try_it_page import PATIENCE

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

LIFE_SECONDS = 8
# When the browser first asks: were this subtracted twice, it would ask again at 5 s.
AGE_SECONDS = 3
# Whole seconds: those of `Age`, of `Date`, and of the browser's clock.
ROUNDED_SECONDS = 2
POLL_MILLISECONDS = 250

ASK = """async (url) => {
    const answer = await fetch(url);
    const { results } = (await answer.json()).response;
    const header = (name) => answer.headers.get(name);
    return [answer.status, header("Cache-Status"), Number(header("Age")), results.length];
}"""


class Seen(NamedTuple):
    """An answer as a page sees it, be it from the browser's cache or from us."""

    status: int
    cache_status: str
    age: int
    results: int


@pytest.fixture
def page(stack: LocalStack, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    opened = context.new_page()
    opened.goto(stack.page)
    yield opened
    context.close()


@pytest.fixture
def short_lived(stack: LocalStack, client: httpx.Client, photo: bytes) -> str:
    """The URL of an answer that is some seconds old and lives some more, its image uploaded."""
    client.post(stack.search_url, content=photo).raise_for_status()
    name = hashlib.sha256(photo).hexdigest()
    stack.s3.put_object(Bucket=stack.bucket, Key=f"uploads/{name}", Body=photo)
    (item,) = [
        item
        for item in stack.dynamodb.scan(TableName=stack.table)["Items"]
        if "fresh_until" in item
    ]
    stored_at = int(time.time()) - AGE_SECONDS
    item["stored_at"] = {"N": str(stored_at)}
    item["fresh_until"] = {"N": str(stored_at + LIFE_SECONDS)}
    stack.dynamodb.put_item(TableName=stack.table, Item=item)
    return f"{stack.search_url}/{name}"


def ask(page: Page, url: str) -> Seen:
    return Seen(*page.evaluate(ASK, url))


def asked_of_us(stack: LocalStack, client: httpx.Client) -> list[int]:
    """The statuses of the answers by hash that the function has logged."""
    client.get(f"{stack.endpoint}/health")  # MiniStack logs a late line with the next request
    lines = [line for line in stack.log_text.splitlines() if '"message":"request"' in line]
    logged = [json.loads(line[line.index("{") :]) for line in lines]
    return [line["status"] for line in logged if line["route"].startswith("GET /v2/image_search/")]


def test_an_answer_is_used_for_all_of_its_life_and_then_asked_for_with_its_tag(
    stack: LocalStack, client: httpx.Client, page: Page, short_lived: str
) -> None:
    """Were the test slow, the browser would ask later, never sooner."""
    before = len(asked_of_us(stack, client))
    seen = [ask(page, short_lived)]
    uses, patience = 1, time.monotonic() + PATIENCE
    while "fwd=stale" not in seen[-1].cache_status and time.monotonic() < patience:
        page.wait_for_timeout(POLL_MILLISECONDS)
        answer = ask(page, short_lived)
        uses += 1
        seen += [answer] if answer != seen[-1] else []
    again = [ask(page, short_lived) for _ in range(3)]
    asked = asked_of_us(stack, client)[before:]
    too_early = [each for each in seen[1:-1] if each.age < LIFE_SECONDS - ROUNDED_SECONDS]
    assert (seen[0].status, "hit" in seen[0].cache_status, too_early) == (200, True, [])
    assert asked == [200] + [304] * (len(seen) - 1)
    assert (again, {each.results for each in seen}) == ([seen[-1]] * 3, {seen[0].results})
    assert uses > len(seen)
