"""The page for everyone: axe-core finds nothing, and the keyboard is enough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, ViewportSize

from browser.try_it_page import TryItPage

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

pytestmark = pytest.mark.usefixtures("without_prefetch")

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
MANY_STOPS = 60


@pytest.fixture(params=["1280 light", "1280 dark", "390 light", "390 dark"])
def shown(
    request: pytest.FixtureRequest, stack: LocalStack, chromium: Browser
) -> Iterator[TryItPage]:
    """The page at a width and in a colour scheme."""
    width, scheme = request.param.split()
    size = ViewportSize(width=int(width), height=800)
    context = chromium.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce")
    yield TryItPage.open(context, stack.page)
    context.close()


def violations(try_it: TryItPage) -> list[str]:
    """The rules that axe-core finds broken, each with an element that breaks it."""
    page = try_it.page
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run()")["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


def test_axe_finds_nothing_on_any_way(shown: TryItPage, scene: str) -> None:
    found = {"opened": violations(shown)}
    shown.page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
    shown.pick(scene)
    shown.segments.first.focus()
    found["searched"] = violations(shown)
    shown.page.get_by_role("button", name="Use the camera").click()
    shown.page.locator("#camera-dialog[open]").wait_for()
    found["camera"] = violations(shown)
    shown.page.get_by_role("button", name="Close").click()
    shown.choose("notes.txt", "text/plain", b"No pixels.")
    found["refused"] = violations(shown)
    assert found == {"opened": [], "searched": [], "camera": [], "refused": []}


@pytest.mark.parametrize("width", [320, 700, 1280])
def test_nothing_is_wider_than_the_page(try_it: TryItPage, scene: str, width: int) -> None:
    try_it.page.set_viewport_size({"width": width, "height": 800})
    try_it.pick(scene)
    assert try_it.page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def test_the_keyboard_is_enough(try_it: TryItPage, scene: str) -> None:
    go_to(try_it, f"document.activeElement.textContent === {scene!r}")
    try_it.page.keyboard.press("Enter")
    try_it.settle()
    go_to(try_it, "document.activeElement.textContent === 'Search again'")
    try_it.page.keyboard.press("Enter")
    try_it.page.locator("#timeline li:nth-child(2)").wait_for()
    try_it.settle()
    go_to(try_it, "document.activeElement.matches('.segment')", key="Shift+Tab")
    assert (try_it.cache, try_it.nearest != []) == ("hit", True)


def test_what_was_found_is_spoken(try_it: TryItPage, scene: str) -> None:
    try_it.pick(scene)
    try_it.press("Search again")
    spoken = try_it.page.get_by_role("status")
    count = len(try_it.products)
    try_it.wait_until("document.getElementById('said').textContent.includes('No ')")
    assert spoken.inner_text() == f"{count} products found. No image was sent."


def go_to(try_it: TryItPage, there: str, key: str = "Tab") -> None:
    """Press a key until the focus is where it shall be."""
    for _ in range(MANY_STOPS):
        if try_it.page.evaluate(there):
            return
        try_it.page.keyboard.press(key)
    pytest.fail(f"no number of {key} leads to: {there}")
