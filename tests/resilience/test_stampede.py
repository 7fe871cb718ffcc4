"""Launch day: many phones, one photo, one call."""

from __future__ import annotations

import os
import random
import signal
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

from resilience.conftest import Crowd, Timed, new_segment
from resilience.processes import CONNECTED, process_at

UPSTREAM_SECONDS = 1.5
ROUNDS = 50
ROUNDS_AT_ONCE = 5
PHONES = 4


def test_24_sandboxes_make_one_call(crowd: Crowd) -> None:
    crowd.warm(24)
    crowd.faults(delay_seconds=UPSTREAM_SECONDS, times=24)
    segment = new_segment()
    found = crowd.search_at_once([segment] * 24)
    assert [each.response.status_code for each in found] == [200] * 24
    assert len(crowd.calls(segment)) == 1
    assert len({each.response.content for each in found}) == 1
    assert sum("collapsed" in each.cache_status for each in found) == 23
    assert max(each.seconds for each in found) < UPSTREAM_SECONDS + 1.5


def test_200_requests_over_8_sandboxes_make_one_call(crowd: Crowd) -> None:
    crowd.warm(8)
    crowd.faults(delay_seconds=UPSTREAM_SECONDS, times=200)
    segment = new_segment()
    found = crowd.search_at_once([segment] * 200, at_once=8)
    assert [each.response.status_code for each in found] == [200] * 200
    assert len(crowd.calls(segment)) == 1
    assert max(each.seconds for each in found) < UPSTREAM_SECONDS + 1.5


def test_those_who_wait_share_a_failure(crowd: Crowd) -> None:
    crowd.warm(8)
    crowd.faults(delay_seconds=1, status=500, times=8)
    segment = new_segment()
    found = crowd.search_at_once([segment] * 8)
    assert [each.response.status_code for each in found] == [502] * 8
    assert len(crowd.calls(segment)) == 1


def test_a_killed_holder_is_replaced_by_exactly_one(crowd: Crowd) -> None:
    """In each of many rounds the sandbox that holds the lease is killed at a random moment."""
    crowd.warm(ROUNDS_AT_ONCE * PHONES)
    segments = [new_segment() for _ in range(ROUNDS)]
    crowd.faults(delay_seconds=0.8, times=2 * ROUNDS)
    with ThreadPoolExecutor(ROUNDS_AT_ONCE) as pool:
        rounds = list(pool.map(lambda segment: _round(crowd, segment), segments))
    assert max(len(crowd.calls(segment)) for segment in segments) <= 2
    for found in rounds:
        answered = [each for each in found if each.response.status_code == 200]
        assert len(answered) >= PHONES - 1  # all but the phone whose sandbox was killed
        assert len({each.response.content for each in answered}) == 1
        assert max(each.seconds for each in answered) < 15


def _round(crowd: Crowd, segment: str) -> list[Timed]:
    with ThreadPoolExecutor(PHONES) as pool:
        phones: list[Future[Timed]] = [pool.submit(crowd.search, segment) for _ in range(PHONES)]
        holder = _wait_for_holder(crowd, segment)
        time.sleep(random.uniform(0, 0.6))
        if holder is not None:
            with suppress(ProcessLookupError):
                os.kill(holder, signal.SIGKILL)
        return [phone.result() for phone in phones]


def _wait_for_holder(crowd: Crowd, segment: str) -> int | None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for call in crowd.calls(segment):
            return process_at(call["client_port"], CONNECTED)
        time.sleep(0.02)
    return None
