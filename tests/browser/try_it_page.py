"""The page as its visitors see it: what they do, and what they are shown."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, Request

PATIENCE = 90
"""Seconds that the page may take on a slow machine; what is waited for ends the wait."""
EXPECTED = "Failed to load resource"
"""How the browser notes an error's status: a 404 is part of the flow."""


@dataclass(frozen=True)
class Step:
    """One row of what happened: the status, if a server was asked, and the bytes of image sent."""

    kind: str
    status: str
    image_bytes: int


@dataclass(frozen=True)
class TryItPage:
    """The page, and what the browser noted since it was opened."""

    page: Page
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, context: BrowserContext, url: str) -> TryItPage:
        """Open it and wait until the samples are there."""
        context.set_default_timeout(PATIENCE * 1000)
        opened = cls(context.new_page())
        opened.page.on("request", lambda request: opened.requests.append(request))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("console", lambda message: opened._note(message.type, message.text))
        opened.page.goto(url)
        opened.page.locator(".scene").first.wait_for()
        return opened

    def pick(self, scene: str) -> None:
        """Search with a sample."""
        self.page.get_by_role("button", name=scene).click()
        self.settle()

    def choose(self, name: str, media_type: str, content: bytes) -> None:
        """Search with a file."""
        chosen: FilePayload = {"name": name, "mimeType": media_type, "buffer": content}
        self.page.locator("#file").set_input_files(chosen)
        self.settle()

    def drop(self, name: str, media_type: str, content: bytes) -> None:
        """Search with a file that is dropped on the page."""
        transfer = self.page.evaluate_handle(
            """([name, type, content]) => {
                const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
                const transfer = new DataTransfer();
                transfer.items.add(new File([bytes], name, { type }));
                return transfer;
            }""",
            [name, media_type, base64.b64encode(content).decode()],
        )
        self.page.dispatch_event("#stage", "drop", {"dataTransfer": transfer})
        self.settle()

    def press(self, button: str) -> None:
        """Press a button that starts a search."""
        self.page.get_by_role("button", name=button).click()
        self.settle()

    def settle(self) -> None:
        """Wait for the end of the search, good or bad."""
        self.page.locator("#found[aria-busy=false]").filter(
            has=self.page.locator(".card, .problem")
        ).wait_for()

    def wait_until(self, expression: str) -> None:
        """Ask the page until it is so; the page's own policy lets no script be made of a text."""
        for _ in range(PATIENCE * 20):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"it never was: {expression}")

    @property
    def steps(self) -> list[Step]:
        """What happened in the latest search."""
        rows = self.page.locator("#timeline li").evaluate_all(
            "rows => rows.map(({ dataset }) => [dataset.kind, dataset.status, dataset.imageBytes])"
        )
        return [Step(kind, status, int(sent)) for kind, status, sent in rows]

    @property
    def cache(self) -> str:
        """What the cache said, in a word."""
        return self.page.locator("#total-cache").inner_text()

    @property
    def products(self) -> list[str]:
        """The names on the cards."""
        return self.page.locator(".card h3").all_inner_texts()

    @property
    def problem(self) -> Locator:
        """What is said when something went wrong."""
        return self.page.get_by_role("alert")

    @property
    def segments(self) -> Locator:
        """The boxes over the photo."""
        return self.page.locator(".segment")

    @property
    def nearest(self) -> list[str]:
        """The names of the products nearest to the object that is looked at."""
        return self.page.locator(".neighbour-name").all_inner_texts()

    @property
    def methods(self) -> list[str]:
        """The methods of the requests for an answer or with an image, in order."""
        sent = [each for each in self.requests if _is_of_a_search(each)]
        return [each.method for each in sent if each.method != "OPTIONS"]

    def answer(self) -> Any:
        """The body of the latest answer to a search."""
        asked = [each for each in self.requests if "/v2/image_search/" in each.url]
        response = asked[-1].response()
        assert response is not None
        return response.json()

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not text.startswith(EXPECTED):
            self.complaints.append(text)


def _is_of_a_search(request: Request) -> bool:
    return "/v2/image_search/" in request.url or request.method == "POST"
