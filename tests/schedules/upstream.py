"""Upstream as the client's wire sees it: slow at times, failing at others."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

import httpx

from schedules.observer import Observer
from schedules.world import World
from wire import ANSWER

# More than a table's item takes, and not compressed.
_TOO_LARGE = gzip.compress(
    json.dumps({**ANSWER, "result_id": "x" * 401_000}).encode(), compresslevel=0, mtime=0
)
_ERROR = gzip.compress(b'{"message": "no"}', mtime=0)


@dataclass(frozen=True)
class Outage:
    """``way``: how upstream fails in this time."""

    since: float
    until: float
    way: str


class ServedUpstream:
    """``longest``: what a search may take, in seconds; ``faults``: how many of them fail."""

    def __init__(
        self,
        world: World,
        observer: Observer,
        longest: float,
        faults: float,
        outages: Sequence[Outage],
    ) -> None:
        self._world = world
        self._observer = observer
        self._longest = longest
        self._faults = faults
        self._outages = outages
        self._numbers = count(1)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        way = self._way()
        if way == "unreachable":
            self._world.sleep(0.05)
            raise httpx.ConnectError("refused", request=request)
        if way == "busy":  # which is not billed
            self._world.sleep(0.05)
            return _answer(503, _ERROR, {"Retry-After": "1"})
        number = next(self._numbers)
        call = self._observer.begins_upstream(number)
        self._world.note(f"UPSTREAM call {number}, {way}")
        try:
            return self._answer(request, way, number)
        finally:
            self._observer.ends_upstream(call)

    def _way(self) -> str:
        now, chance = self._world.now, self._world.random
        for outage in () if self._world.is_calm else self._outages:
            if outage.since <= now < outage.until:
                return outage.way
        if self._world.is_calm or chance.random() >= self._faults:
            return "answers"
        return chance.choice(
            ("500", "503", "busy", "400", "404", "hangs", "unreachable", "too large", "too large")
        )

    def _answer(self, request: httpx.Request, way: str, number: int) -> httpx.Response:
        limit = request.extensions["timeout"]["read"]
        seconds = limit if way == "hangs" else self._seconds(way)
        self._world.sleep(min(seconds, limit))
        if seconds >= limit:
            self._world.count("upstream timed out")
            raise httpx.ReadTimeout("too slow", request=request)
        self._world.count(f"upstream: {way}")
        if way.isdigit():
            return _answer(int(way), _ERROR)
        if way == "too large":
            return _answer(200, _TOO_LARGE)
        answer = {**ANSWER, "result_id": number}
        return _answer(200, gzip.compress(json.dumps(answer).encode(), 1, mtime=0))

    def _seconds(self, way: str) -> float:
        chance = self._world.random
        if way.isdigit():
            return chance.uniform(0.02, 0.5)
        return chance.uniform(0.2, 1.5 if chance.random() < 0.6 else self._longest)


def _answer(status: int, content: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    """``content``: compressed by gzip."""
    coded = {**(headers or {}), "Content-Encoding": "gzip"}
    return httpx.Response(status, headers=coded, stream=httpx.ByteStream(content))
