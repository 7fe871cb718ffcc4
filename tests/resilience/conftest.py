"""The real stack, its sandboxes as real processes, and upstream's faults at the wire."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from e2e.conftest import LocalStack, client, parameters, sample_photo, stack
from image_search.upstream.circuit_breaker import READ_SECONDS
from resilience.dynamodb_proxy import DynamoDbProxy, dynamodb_proxy
from resilience.sandboxes import environment_kept, start_anew
from waiting import wait_until

__all__ = ["client", "parameters", "sample_photo", "stack"]

ATTEMPTS = 10


@dataclass(frozen=True)
class Timed:
    """A response and how long it took, in seconds."""

    response: httpx.Response
    seconds: float

    @property
    def cache_status(self) -> str:
        return str(self.response.headers.get("Cache-Status", ""))


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
        """What upstream received for a segment since the last reset."""
        return [call for call in self.all_calls() if ["us", segment] in call["query"]]

    def all_calls(self) -> list[dict[str, Any]]:
        found = self.client.get(f"{self.stack.upstream}/_control/requests").json()
        return list(found)

    def reset(self) -> None:
        self.client.delete(f"{self.stack.upstream}/_control").raise_for_status()

    def release(self) -> None:
        """Lets upstream answer what a fault holds."""
        self.client.post(f"{self.stack.upstream}/_control/release").raise_for_status()

    def warm(self, sandboxes: int) -> None:
        """Brings up as many sandboxes, a few more each time.

        A machine may be so slow that the first to ask waits too long for the last. That one is
        there the next time.
        """
        for count in range(4, sandboxes + 4, 4):
            assert any(self._are_busy_at_once(count) for _ in range(ATTEMPTS))

    def close_circuit(self) -> None:
        """Forgets failures, which another test may have caused."""
        forgotten = self.stack.dynamodb.delete_item(
            TableName=self.stack.table, Key={"pk": {"S": "breaker"}}, ReturnValues="ALL_OLD"
        )
        if "Attributes" in forgotten:
            time.sleep(READ_SECONDS)  # for so long, sandboxes believe what they have read

    def _are_busy_at_once(self, count: int) -> bool:
        """Whether as many sandboxes have asked upstream, which answers nobody before that."""
        self.faults(hold=True, times=count)
        with ThreadPoolExecutor(count) as pool:
            searches = [pool.submit(self.search, new_segment()) for _ in range(count)]
            wait_until(
                lambda: len(self.all_calls()) >= count or any(each.done() for each in searches)
            )
            self.release()
        self.reset()
        self.close_circuit()
        return {each.result().response.status_code for each in searches} == {200}


def new_segment() -> str:
    """One that nobody has searched for before."""
    return uuid.uuid4().hex


@pytest.fixture
def crowd(stack: LocalStack, sample_photo: bytes) -> Iterator[Crowd]:
    limits = httpx.Limits(max_connections=64)
    with httpx.Client(timeout=120, trust_env=False, limits=limits) as http:
        crowd = Crowd(stack, http, sample_photo)
        crowd.reset()
        crowd.close_circuit()
        yield crowd
        crowd.reset()


@pytest.fixture
def table(crowd: Crowd) -> Iterator[DynamoDbProxy]:
    """What the sandboxes ask of DynamoDB passes here, from new ones on."""
    target = crowd.stack.dynamodb.meta.endpoint_url
    with dynamodb_proxy(target) as proxy, environment_kept(crowd.stack):
        start_anew(crowd.stack, {"AWS_ENDPOINT_URL_DYNAMODB": proxy.url})
        yield proxy
