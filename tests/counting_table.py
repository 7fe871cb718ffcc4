"""DynamoDB's counters under a microscope: how often a table is written to, and when it fails."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ReadTimeoutError

from image_search.errors import RateLimited, UpstreamUnavailable
from image_search.limits.counters import DAY

NOON = 20_000 * DAY + DAY / 2


class CountingTable:
    """Passes on to a table, one call at a time, unless it is told to fail."""

    def __init__(self, dynamodb: Any) -> None:
        self._dynamodb = dynamodb
        self._lock = threading.Lock()
        self.exceptions = dynamodb.exceptions
        self.events = dynamodb.meta.events
        self.writes = 0
        self.fails = False

    def update_item(self, **call: Any) -> Any:
        with self._lock:
            self.writes += 1
            if self.fails:
                raise ReadTimeoutError(endpoint_url="https://dynamodb.test")
            return self._dynamodb.update_item(**call)


def outcomes(times: int, consume: Callable[..., object], *args: object) -> list[str]:
    """Of each: "granted", or the code of the error."""
    return [_outcome(consume, *args) for _ in range(times)]


def _outcome(consume: Callable[..., object], *args: object) -> str:
    try:
        consume(*args)
    except (RateLimited, UpstreamUnavailable) as error:
        return error.code
    return "granted"
