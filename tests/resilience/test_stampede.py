"""Launch day: many phones, one photo, one call."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from image_search.aws.table import BACKOFF_SECONDS
from resilience.conftest import ATTEMPTS, Crowd, Timed, new_segment
from resilience.dynamodb_proxy import DynamoDbProxy
from resilience.processes import CONNECTED, process_at
from waiting import wait_until

LOOKS = 6
"""At the lease, on average, after which each of a crowd has looked at it."""
ROUNDS = 20
ROUNDS_AT_ONCE = 4
PHONES = 4
LATEST_KILL_SECONDS = 1.2
"""More than the second after which a lease is renewed."""


def search_together(
    crowd: Crowd, table: DynamoDbProxy, count: int, at_once: int, **fault: object
) -> tuple[str, list[Timed]]:
    """Upstream answers the first when all others of those at once wait for it, or are about to.

    Repeated where the table took too long to answer, as it may on a busy machine. Those then search
    without it, as they should, and what is found says nothing about leases.
    """
    looks = LOOKS * at_once
    for _ in range(ATTEMPTS):
        segment = new_segment()
        crowd.faults(hold=True, times=count, **fault)
        found = _search_together(crowd, table, segment, count, at_once, looks)
        if table.looks >= looks and not any("detail=" in each.cache_status for each in found):
            break
        crowd.reset()
        crowd.close_circuit()
        time.sleep(BACKOFF_SECONDS)
    return segment, found


def _search_together(
    crowd: Crowd, table: DynamoDbProxy, segment: str, count: int, at_once: int, looks: int
) -> list[Timed]:
    table.watch()
    with ThreadPoolExecutor(at_once) as pool:
        searches = [pool.submit(crowd.search, segment) for _ in range(count)]
        wait_until(lambda: crowd.calls(segment) != [])
        wait_until(
            lambda: (
                (table.looked_up >= at_once and table.looks >= looks)
                or len(crowd.calls(segment)) > 1
            )
        )
        assert not any(search.done() for search in searches)
        crowd.release()
        return [search.result() for search in searches]


def outcome(found: Timed) -> str:
    """The header without its seconds."""
    _, forwarded, *_ = found.cache_status.split("; ")
    return "collapsed" if "collapsed" in found.cache_status else forwarded


def test_24_sandboxes_make_one_call(crowd: Crowd, table: DynamoDbProxy) -> None:
    crowd.warm(24)
    segment, found = search_together(crowd, table, 24, at_once=24)
    assert [each.response.status_code for each in found] == [200] * 24
    assert len(crowd.calls(segment)) == 1
    assert len({each.response.content for each in found}) == 1
    assert Counter(map(outcome, found)) == {"fwd=miss": 1, "collapsed": 23}


def test_200_requests_over_8_sandboxes_make_one_call(crowd: Crowd, table: DynamoDbProxy) -> None:
    crowd.warm(8)
    segment, found = search_together(crowd, table, 200, at_once=8)
    assert [each.response.status_code for each in found] == [200] * 200
    assert len(crowd.calls(segment)) == 1
    assert Counter(map(outcome, found)) == {"fwd=miss": 1, "collapsed": 7, "hit": 192}


def test_those_who_wait_share_a_failure(crowd: Crowd, table: DynamoDbProxy) -> None:
    crowd.warm(8)
    segment, found = search_together(crowd, table, 8, at_once=8, status=500)
    assert [each.response.status_code for each in found] == [502] * 8
    assert len(crowd.calls(segment)) == 1


def test_a_killed_holder_is_replaced_by_exactly_one(crowd: Crowd) -> None:
    """In each of many rounds the sandbox that holds the lease is killed at another moment."""
    crowd.warm(ROUNDS_AT_ONCE * PHONES)
    moments = [LATEST_KILL_SECONDS * number / ROUNDS for number in range(ROUNDS)]
    with ThreadPoolExecutor(ROUNDS_AT_ONCE) as pool:
        rounds = list(pool.map(lambda moment: _round(crowd, moment), moments))
    assert [len(crowd.calls(segment)) for segment, _ in rounds] == [2] * ROUNDS
    for _, found in rounds:
        answered = [each for each in found if each.response.status_code == 200]
        assert len(answered) >= PHONES - 1  # all but the phone whose sandbox was killed
        assert len({each.response.content for each in answered}) == 1


def _round(crowd: Crowd, moment: float) -> tuple[str, list[Timed]]:
    """Repeated where the table took too long to answer, as it may on a busy machine.

    Each then searches on its own, as it should, and the round says nothing about leases.
    """
    for _ in range(ATTEMPTS):
        segment = new_segment()
        found = _kill_holder(crowd, segment, moment)
        if not any("detail=" in each.cache_status for each in found):
            break
    return segment, found


def _kill_holder(crowd: Crowd, segment: str, moment: float) -> list[Timed]:
    crowd.faults(hold=True, query={"us": segment})
    with ThreadPoolExecutor(PHONES) as pool:
        phones = [pool.submit(crowd.search, segment) for _ in range(PHONES)]
        wait_until(lambda: crowd.calls(segment) != [], pause=0.1)
        upstream = urlsplit(crowd.stack.upstream).port
        holder = _process_behind(crowd.calls(segment)[0]["client_port"], upstream)
        time.sleep(moment)
        os.kill(holder, signal.SIGKILL)
        return [phone.result() for phone in phones]


def _process_behind(client_port: int, upstream_port: int | None) -> int:
    """The one that waits for upstream; what Linux lists while it changes may lack an entry."""
    found: list[int | None] = []

    def is_found() -> bool:
        found.append(process_at(client_port, CONNECTED, upstream_port))
        return found[-1] is not None

    wait_until(is_found)
    assert found[-1] is not None
    return found[-1]
