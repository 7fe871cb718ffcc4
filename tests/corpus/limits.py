"""Time and memory that the refusal of each bad image takes: `make corpus`; on Linux only.

No part of `make test`: 300 children take half a minute. Each image is sent to a warm
handler, its codecs loaded, in a child process of its own. Upstream is a refusal at the wire.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pytest

from corpus.all_bad_images import GROUPS
from corpus.bad_image import BadImage
from corpus.refused import answer_to, event_of
from corpus.whole import whole_pictures
from in_child import Measured, in_child
from pictures import turned_scene

if TYPE_CHECKING:
    from wire import Proxy, Upstream

# Of the processor, on a machine that makes 2 million additions in 0.13 s; a slower one has more.
MAX_SECONDS = 1.0
ADDITIONS_SECONDS = 0.13
MAX_BYTES = 50_000_000

pytestmark = pytest.mark.filterwarnings("ignore")


def test_every_refusal_is_quick_and_small(
    build_proxy: Callable[..., Proxy], upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    proxy = build_proxy()
    upstream.answers(400, json={"message": "Bad", "errors": [{"code": "corrupt_image"}]})
    _warm(proxy)
    gc.collect()
    gc.freeze()
    rows = []
    for group, images in GROUPS.items():
        for image in images():
            measured = in_child(partial(answer_to, event_of(image), proxy), partial(_warm, proxy))
            rows.append((group, image, measured))
    limit = MAX_SECONDS * max(1.0, in_child(_add).seconds / ADDITIONS_SECONDS)
    _print(rows, limit)
    wrong = {
        image.name: measured for _, image, measured in rows if not _good(image, measured, limit)
    }
    assert wrong == {}


def _warm(proxy: Proxy) -> None:
    """Also in each child, as a fork has to start a decoder of its own."""
    whole = whole_pictures()
    for content in (turned_scene("JPEG", 6), whole["picture.heic"], whole["picture.avif"]):
        proxy.post(content)
    proxy.post_json({"s3_uri": "s3://catalogue-photos/none"})


def _add() -> int:
    total = 0
    for _ in range(2_000_000):
        total += 1
    return total


def _good(image: BadImage, measured: Measured, limit: float) -> bool:
    as_it_should_be = measured.result == image.refusal
    return as_it_should_be and measured.seconds <= limit and measured.growth <= MAX_BYTES


def _print(rows: list[tuple[str, BadImage, Measured]], limit: float) -> None:
    print(f"\n{'':13} {'':42} {'KB':>6} {'ms':>6} {'+MB':>6}  answer")
    for group, image, measured in rows:
        size, milliseconds = len(image.content) / 1000, measured.seconds * 1000
        mark = "" if _good(image, measured, limit) else "   <-- WRONG"
        answer = getattr(measured.result, "code", measured.result)
        print(
            f"{group:13} {image.name:42} {size:6.0f} {milliseconds:6.0f}"
            f" {measured.growth / 1e6:6.1f}  {answer}{mark}"
        )
    slowest = max(measured.seconds for _, _, measured in rows)
    largest = max(measured.growth for _, _, measured in rows)
    print(f"{len(rows)} images, at most {slowest * 1000:.0f} ms and +{largest / 1e6:.1f} MB")
    print(f"allowed on this machine: {limit * 1000:.0f} ms and +{MAX_BYTES / 1e6:.0f} MB")
