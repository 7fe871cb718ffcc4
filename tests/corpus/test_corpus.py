"""Every bad image is refused by the contract, none with a 5xx; `make corpus` adds the limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx
import pytest

from corpus.all_bad_images import GROUPS
from corpus.refused import answer_to, event_of
from in_process import InProcess
from stand_in import create_app

if TYPE_CHECKING:
    from wire import Proxy, Upstream

# Pillow's remarks about damage; elsewhere they would be errors of the test.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="session")
def stand_in() -> httpx.BaseTransport:
    """The stand-in without a socket: it decodes what it is sent, as upstream does."""
    return InProcess(create_app())


@pytest.mark.parametrize("group", GROUPS)
def test_each_is_refused_as_it_should_be(
    build_proxy: Callable[..., Proxy],
    upstream: Upstream,
    stand_in: httpx.BaseTransport,
    group: str,
) -> None:
    upstream.answer = stand_in.handle_request
    images = list(GROUPS[group]())
    proxy = build_proxy(SEARCHES_PER_MINUTE=str(len(images)))
    answers = {image.name: answer_to(event_of(image), proxy) for image in images}
    assert answers == {image.name: image.refusal for image in images}


def test_names_are_not_used_twice() -> None:
    names = [image.name for images in GROUPS.values() for image in images()]
    assert len(names) == len(set(names)) >= 60
