"""Time that hostile requests and answers take, and that it doubles with their size: `make corpus`.

No part of `make test`: 400 children take two minutes. Each request is sent to a warm handler, in a
child process of its own, with an image that is found in the cache. On Linux only.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import pytest

from corpus.hostile import Hostile, hostile
from in_child import in_child
from wire import JPEG

if TYPE_CHECKING:
    from wire import Proxy, Upstream

# Of the processor, on a machine that makes 2 million additions in 0.13 s; a slower one has more.
ADDITIONS_SECONDS = 0.13
SECONDS_PER_MB = 0.3
SECONDS = 0.05
# Twice the input may take this much more: below these seconds, a ratio says nothing.
MOST_RATIO = 2.6
LEAST_SECONDS = 0.02
# Other work on the machine only ever adds to what is measured.
TRIES = 3

pytestmark = pytest.mark.filterwarnings("ignore")


@dataclass(frozen=True)
class Cost:
    """Seconds of the processor for the input, and for one of twice its size."""

    input: Hostile
    status: int
    once: float
    twice: float
    limit: float

    @property
    def ratio(self) -> float:
        return self.twice / self.once

    @property
    def good(self) -> bool:
        in_proportion = self.once < LEAST_SECONDS or self.ratio <= MOST_RATIO
        expected = self.status < 500 or self.status in (502, 504)
        return in_proportion and self.twice <= self.limit and expected


def test_no_input_takes_more_than_its_size_allows(
    build_proxy: Callable[..., Proxy], upstream: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.root.manager, "disable", logging.CRITICAL)
    proxy = build_proxy()
    _warm(proxy)
    slowness = max(1.0, min(in_child(_add).seconds for _ in range(TRIES)) / ADDITIONS_SECONDS)
    costs = [_cost(proxy, upstream, each, slowness) for each in hostile()]
    _print(costs, slowness)
    assert len({cost.input.name for cost in costs}) == len(costs) >= 40
    assert {cost.input.name: cost for cost in costs if not cost.good} == {}


def _warm(proxy: Proxy) -> None:
    """What a first request would wait for is no cost of its content."""
    proxy.post(JPEG)
    proxy.post(JPEG, headers={"content-type": "multipart/form-data; boundary=b"})
    proxy.post_json({"image": "?"}, "variations_map=%7B%7D")
    proxy.post_json({"s3_uri": "s3://catalogue-photos/none"})
    proxy.post(b"{}", path="/v2/uploads")
    gc.collect()
    gc.freeze()


def _add() -> int:
    total = 0
    for _ in range(2_000_000):
        total += 1
    return total


def _cost(proxy: Proxy, upstream: Upstream, each: Hostile, slowness: float) -> Cost:
    once, _ = _measured(proxy, upstream, each, each.size)
    twice, status = _measured(proxy, upstream, each, 2 * each.size)
    allowed = SECONDS + SECONDS_PER_MB * 2 * each.size / 1e6
    return Cost(each, status, once, twice, allowed * slowness)


def _measured(proxy: Proxy, upstream: Upstream, each: Hostile, size: int) -> tuple[float, int]:
    event = each.event(size)
    if each.answer is not None:
        answer = each.answer(size)
        upstream.answer = lambda _: answer
    runs = [in_child(partial(_status, proxy, event)) for _ in range(TRIES)]
    return min(run.seconds for run in runs), runs[0].result


def _status(proxy: Proxy, event: dict[str, object]) -> int:
    return proxy.send(event).status


def _print(costs: list[Cost], slowness: float) -> None:
    print(f"\n{'':52} {'KB':>7} {'ms':>6} {'ratio':>6}  status")
    for cost in costs:
        name = cost.input.name.encode("unicode_escape").decode()
        mark = "" if cost.good else "   <-- WRONG"
        print(
            f"{name:52.52} {2 * cost.input.size / 1000:7.0f} {cost.twice * 1000:6.0f}"
            f" {cost.ratio:6.2f}  {cost.status}{mark}"
        )
    counted = [cost.ratio for cost in costs if cost.once >= LEAST_SECONDS]
    print(
        f"{len(costs)} inputs, at most {max(cost.twice for cost in costs):.2f} s;"
        f" of {len(counted)} that take over {LEAST_SECONDS * 1000:.0f} ms, twice the input takes"
        f" at most {max(counted, default=0):.2f} times as long"
    )
    print(f"allowed here: {slowness:.1f} x ({SECONDS} s and {SECONDS_PER_MB} s for each MB)")
