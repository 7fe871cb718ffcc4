"""From a photo to products: hash first, and the image once."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from browser.try_it_page import Step, TryItPage
from corpus.heif_encoder import heic

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

pytestmark = pytest.mark.usefixtures("without_prefetch")

NAMED = Step("hash", "", 0)
FOUND = Step("ask", "200", 0)
NEW = Step("ask", "404", 0)


def uploaded(count: int) -> Step:
    return Step("upload", "204", count)


@pytest.fixture(scope="session")
def scene_photo(stack: LocalStack, client: httpx.Client) -> bytes:
    scenes = client.get(f"{stack.upstream}/scenes.json").json()
    return client.get(httpx.URL(stack.upstream).join(scenes[0]["url"])).content


def test_a_new_photo_is_uploaded_once(try_it: TryItPage, scene: str, scene_photo: bytes) -> None:
    try_it.pick(scene)
    assert (try_it.steps, try_it.cache) == (
        [NAMED, NEW, uploaded(len(scene_photo)), FOUND],
        "miss",
    )


def test_the_products_are_those_of_the_api(
    stack: LocalStack, client: httpx.Client, try_it: TryItPage, scene: str, scene_photo: bytes
) -> None:
    try_it.pick(scene)
    query = {"use_segmentation": "true", "return_segments": "true"}
    posted = client.post(stack.search_url, params=query, content=scene_photo).json()
    names = [product["value"] for product in posted["response"]["results"]]
    assert try_it.products == names != []


def test_a_second_search_sends_no_image(try_it: TryItPage, scene: str) -> None:
    try_it.pick(scene)
    before = len(try_it.methods)
    try_it.press("Search again")
    assert (try_it.steps, try_it.cache, try_it.methods[before:]) == (
        [NAMED, FOUND],
        "hit",
        ["GET"],
    )


def test_a_search_past_the_cache_sends_no_image_either(try_it: TryItPage, scene: str) -> None:
    try_it.pick(scene)
    try_it.press("Search past the cache")
    assert (try_it.steps, try_it.cache) == ([NAMED, FOUND], "anew")


def test_the_image_bytes_of_all_searches_are_summed_up(
    try_it: TryItPage, scene: str, scene_photo: bytes
) -> None:
    try_it.pick(scene)
    try_it.press("Search again")
    shown = [try_it.page.locator(at).inner_text() for at in ("#total-sent", "#total-ever")]
    assert shown == ["0 B", f"{len(scene_photo) / 1000:.1f} kB since you opened the page"]


def test_a_file_too_large_for_a_request_can_be_chosen(try_it: TryItPage, photo: bytes) -> None:
    content = photo.ljust(5_000_000, b"\0")
    try_it.choose("mine.jpg", "image/jpeg", content)
    assert try_it.steps == [NAMED, NEW, uploaded(len(content)), FOUND]


def test_a_file_can_be_dropped(try_it: TryItPage, photo: bytes) -> None:
    try_it.drop("mine.jpg", "image/jpeg", photo)
    assert try_it.steps == [NAMED, NEW, uploaded(len(photo)), FOUND]


def test_the_camera_takes_a_photo(try_it: TryItPage) -> None:
    try_it.page.get_by_role("button", name="Use the camera").click()
    try_it.press("Take it")  # which cannot be pressed before there is a picture
    kinds = [(step.kind, step.status) for step in try_it.steps]
    assert kinds == [("hash", ""), ("ask", "404"), ("upload", "204"), ("ask", "200")]
    assert try_it.page.evaluate("document.getElementById('camera-video').srcObject") is None


def test_a_photo_that_the_browser_cannot_show_is_searched(try_it: TryItPage, photo: bytes) -> None:
    content = heic(Image.open(BytesIO(photo)))
    try_it.choose("phone.heic", "image/heic", content)
    said = try_it.page.locator(".unshown").inner_text()
    assert (try_it.steps, said, try_it.products != []) == (
        [NAMED, NEW, uploaded(len(content)), FOUND],
        "This browser cannot show this file. It is searched all the same.",
        True,
    )


def test_the_parameters_that_are_chosen_are_sent(try_it: TryItPage, scene: str) -> None:
    page = try_it.page
    page.get_by_label("Say where they are").uncheck()
    page.get_by_label("User segments").fill("vip members")
    page.get_by_label("Facets at most").fill("2")
    page.locator("select[name=variations_return_type]").select_option("all")
    shown = page.locator("#query").inner_text()
    try_it.pick(scene)
    sent = _last_query(try_it)
    assert (shown, sent) == (
        "use_segmentation=true&us=vip&us=members"
        "&fmt_options[variations_return_type]=all&fmt_options[facet_groups_limit]=2",
        [
            ("use_segmentation", "true"),
            ("us", "vip"),
            ("us", "members"),
            ("fmt_options[variations_return_type]", "all"),
            ("fmt_options[facet_groups_limit]", "2"),
        ],
    )


def test_no_request_leaves_this_machine(try_it: TryItPage, scene: str) -> None:
    try_it.pick(scene)
    schemes = ("http", "https", "ws", "wss")
    asked = [urlsplit(request.url) for request in try_it.requests]
    assert {url.hostname for url in asked if url.scheme in schemes} == {"127.0.0.1"}


def test_the_console_stays_quiet(try_it: TryItPage, scene: str) -> None:
    try_it.pick(scene)
    try_it.press("Search again")
    assert try_it.complaints == []


def _last_query(try_it: TryItPage) -> list[tuple[str, str]]:
    asked = [each.url for each in try_it.requests if "/v2/image_search/" in each.url]
    pairs = httpx.URL(asked[-1]).params.multi_items()
    return [pair for pair in pairs if pair[0] != "_dt"]
