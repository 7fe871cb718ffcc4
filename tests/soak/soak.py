"""Half an hour of load while one thing after another goes wrong: `make soak MINUTES=30`; on Linux.

No part of `make test`, for it takes that long. Prints what came of it, and fails on any answer that
no fault excuses, on a wrong answer, and on memory that grows.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator

import pytest

from e2e.conftest import LocalStack, client, sample_photo, stack
from resilience.conftest import Crowd, crowd
from resilience.dynamodb_proxy import DynamoDbProxy, dynamodb_proxy
from resilience.processes import Sandboxes, sandboxes_of
from resilience.sandboxes import environment_kept, start_anew
from soak.faults import Faults
from soak.load import PHONES, Load

__all__ = ["client", "crowd", "sample_photo", "stack"]

MINUTES = float(os.environ.get("MINUTES", "30"))
BETWEEN_FAULTS_SECONDS = 25.0
MOST_GROWTH_BYTES = 20_000_000
EXCUSED = {"upstream_error", "upstream_unavailable", "upstream_timeout"}


@pytest.fixture(scope="session")
def parameters() -> dict[str, str]:
    """Answers that live shortly, so that all of a life is seen many times."""
    return {"UpstreamTimeoutSeconds": "5", "CacheTtlSeconds": "90"}


@pytest.fixture
def table(stack: LocalStack) -> Iterator[DynamoDbProxy]:
    with dynamodb_proxy(stack.dynamodb.meta.endpoint_url) as proxy, environment_kept(stack):
        start_anew(stack, {"AWS_ENDPOINT_URL_DYNAMODB": proxy.url})
        yield proxy


@pytest.fixture
def sandboxes(stack: LocalStack) -> Sandboxes:
    return sandboxes_of(stack)


def test_soak(crowd: Crowd, table: DynamoDbProxy, sandboxes: Sandboxes) -> None:
    crowd.warm(PHONES)
    load, faults = Load(crowd), Faults(crowd, table, sandboxes)
    end = time.monotonic() + MINUTES * 60
    memory: dict[int, list[int]] = {}
    load.start()
    try:
        for fault in faults.in_turn():
            time.sleep(BETWEEN_FAULTS_SECONDS)
            for pid, size in sandboxes.resident().items():
                memory.setdefault(pid, []).append(size)
            if time.monotonic() > end:
                break
            fault()
    finally:
        load.stop()
    unexcused = _report(crowd, load, faults, memory)
    assert len(unexcused) <= faults.kills
    assert load.tally.wrong == 0
    assert max(map(_growth, memory.values())) < MOST_GROWTH_BYTES


def _report(
    crowd: Crowd, load: Load, faults: Faults, memory: dict[int, list[int]]
) -> list[tuple[int, str, float]]:
    """Prints it; the failures that nothing excuses, each of which a killed sandbox may explain."""
    tally = load.tally
    unexcused = [
        failure
        for failure in tally.failures
        if failure[1] not in EXCUSED or not faults.excuse(failure[2])
    ]
    seconds = sorted(tally.seconds)
    growth = max(map(_growth, memory.values())) / 1e6
    print(f"\n{MINUTES:g} minutes, {tally.requests} requests, {len(crowd.all_calls())} upstream")
    for status, count in tally.cache_statuses.most_common():
        print(f"  {count:7}  {status}")
    print(f"  {len(tally.failures):7}  errors, {len(unexcused)} of them not by an upstream fault")
    print(f"  {faults.kills:7}  sandboxes killed; {tally.wrong} wrong answers")
    print(f"  seconds: median {statistics.median(seconds):.3f}, p99 {_p99(seconds):.3f}")
    print(f"  memory: {len(memory)} sandboxes, the most that one grew by: {growth:+.1f} MB")
    return unexcused


def _p99(ordered: list[float]) -> float:
    return ordered[len(ordered) * 99 // 100]


def _growth(sizes: list[int]) -> int:
    """Of a process, from when it was warm; none for one that did not live long enough to tell."""
    return sizes[-1] - sizes[2] if len(sizes) > 2 else 0
