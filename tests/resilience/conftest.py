"""The real stack, its sandboxes as real processes, and the vendor's faults at the wire."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import httpx
import pytest

from e2e.conftest import LocalStack, client, parameters, sample_photo, stack
from waiting import wait_until

__all__ = ["client", "parameters", "sample_photo", "stack"]


@dataclass(frozen=True)
class Timed:
    """A response and how long it took, in seconds."""

    response: httpx.Response
    seconds: float

    @property
    def cache_status(self) -> str:
        return self.response.headers.get("Cache-Status", "")


@dataclass(frozen=True)
class Crowd:
    """Many phones at once."""

    stack: LocalStack
    client: httpx.Client
    photo: bytes

    def search(self, segment: str) -> Timed:
        """The sample photo for one segment (``us``): another segment is another answer."""
        started = time.monotonic()
        url = self.stack.search_url
        response = self.client.post(url, params={"us": segment}, content=self.photo)
        return Timed(response, time.monotonic() - started)

    def search_at_once(self, segments: list[str], at_once: int | None = None) -> list[Timed]:
        with ThreadPoolExecutor(at_once or len(segments)) as pool:
            return list(pool.map(self.search, segments))

    def faults(self, **fault: object) -> None:
        url = f"{self.stack.upstream}/_control/faults"
        self.client.post(url, json=fault).raise_for_status()

    def calls(self, segment: str) -> list[dict[str, Any]]:
        """What the vendor received for a segment since the last reset."""
        return [call for call in self.all_calls() if ["us", segment] in call["query"]]

    def all_calls(self) -> list[dict[str, Any]]:
        found = self.client.get(f"{self.stack.upstream}/_control/requests").json()
        return list(found)

    def reset(self) -> None:
        self.client.delete(f"{self.stack.upstream}/_control").raise_for_status()

    def release(self) -> None:
        """Lets the vendor answer what a fault holds."""
        self.client.post(f"{self.stack.upstream}/_control/release").raise_for_status()

    def warm(self, sandboxes: int) -> None:
        """Brings up as many sandboxes: the vendor answers nobody before all of them have asked.

        A few more each time, so that the first to ask need not wait for the last for long.
        """
        for count in range(4, sandboxes + 4, 4):
            self.faults(hold=True, times=count)
            with ThreadPoolExecutor(count) as pool:
                searches = [pool.submit(self.search, new_segment()) for _ in range(count)]
                wait_until(partial(self._have_asked, count))
                self.release()
            assert {each.result().response.status_code for each in searches} == {200}
            self.reset()

    def _have_asked(self, count: int) -> bool:
        return len(self.all_calls()) >= count


def new_segment() -> str:
    """One that nobody has searched for before."""
    return uuid.uuid4().hex


@pytest.fixture
def crowd(stack: LocalStack, sample_photo: bytes) -> Iterator[Crowd]:
    limits = httpx.Limits(max_connections=64)
    with httpx.Client(timeout=120, trust_env=False, limits=limits) as http:
        crowd = Crowd(stack, http, sample_photo)
        crowd.reset()
        yield crowd
        crowd.reset()
