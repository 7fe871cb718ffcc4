"""What goes wrong is said kindly, with what to do about it and what to quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from browser.try_it_page import TryItPage

if TYPE_CHECKING:
    from e2e.conftest import LocalStack


def said(try_it: TryItPage) -> tuple[str, str]:
    """The headline, and what to do."""
    problem = try_it.problem
    return (
        problem.locator("h3").inner_text(),
        problem.locator("p").inner_text(),
    )


def code(try_it: TryItPage) -> str:
    """The status and the stable code."""
    facts = dict(
        fact.inner_text().split("\n")[:2] for fact in try_it.problem.locator("dl > div").all()
    )
    assert facts["Trace id"] != ""
    return facts["Code"]


@pytest.mark.usefixtures("without_prefetch")
def test_a_text_file_is_no_photo(try_it: TryItPage) -> None:
    try_it.choose("notes.txt", "text/plain", b"These are no pixels.\n" * 20)
    assert (said(try_it), code(try_it)) == (
        (
            "This is not a photo that can be searched",
            "Choose a JPEG, PNG, WebP, GIF, HEIC, AVIF, TIFF or BMP picture.",
        ),
        "415 unsupported_media_type",
    )


def test_an_upload_that_was_deleted_again_is_explained(try_it: TryItPage) -> None:
    try_it.choose("notes.txt", "text/plain", b"These are no pixels either.\n" * 20)
    headline, _ = said(try_it)
    # Whether the prefetch has deleted it by the time it is asked for, is a race.
    assert headline in {
        "This is not a photo that can be searched",
        "No search can use this file",
    }


@pytest.mark.usefixtures("without_prefetch")
def test_a_photo_that_is_too_large_is_refused(try_it: TryItPage, photo: bytes) -> None:
    try_it.choose("huge.jpg", "image/jpeg", photo.ljust(20_000_001, b"\0"))
    assert said(try_it) == (
        "This photo is too large",
        "Choose one of at most 20 MB, or make it smaller.",
    )


@pytest.mark.usefixtures("without_prefetch")
def test_an_outage_is_no_fault_of_the_photo(
    stack: LocalStack, client: httpx.Client, try_it: TryItPage, photo: bytes
) -> None:
    fault = {"status": 503, "times": 20}
    client.post(f"{stack.upstream}/_control/faults", json=fault).raise_for_status()
    try_it.choose("mine.jpg", "image/jpeg", photo)
    headline, todo = said(try_it)
    assert (headline, todo.startswith("Upstream "), code(try_it)[:4]) == (
        "Search is not available right now",
        True,
        "503 ",
    )


def test_nobody_answers(try_it: TryItPage, photo: bytes) -> None:
    try_it.page.route("**/v2/image_search/**", lambda route: route.abort())
    try_it.choose("mine.jpg", "image/jpeg", photo)
    assert said(try_it) == (
        "No answer",
        "Is the local stack up? Start it with “make run”, then try again.",
    )


def test_trying_again_is_one_press(try_it: TryItPage, photo: bytes) -> None:
    try_it.page.route("**/v2/image_search/**", lambda route: route.abort(), times=1)
    try_it.choose("mine.jpg", "image/jpeg", photo)
    try_it.page.get_by_role("button", name="Try again").click()
    try_it.page.locator(".card").first.wait_for()
    assert try_it.problem.count() == 0


def test_a_lost_camera_is_explained(try_it: TryItPage) -> None:
    try_it.page.evaluate(
        """() => {
            navigator.mediaDevices.getUserMedia = async () => {
                throw new DOMException("", "NotAllowedError");
            };
        }"""
    )
    try_it.page.get_by_role("button", name="Use the camera").click()
    assert try_it.problem.inner_text() == (
        "The browser does not let this page use the camera. Allow it, then try again."
    )
