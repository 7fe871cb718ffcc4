"""The vendor is down: new photos are refused at once, and known ones answered as ever."""

from __future__ import annotations

import statistics
import time

from resilience.conftest import Crowd, new_segment

FAILURES_THAT_OPEN = 8
CIRCUIT_SECONDS = 10
MOST_SECONDS = 0.3


def test_an_open_circuit_refuses_at_once_and_closes_by_itself(crowd: Crowd) -> None:
    known = new_segment()
    crowd.search(known)
    crowd.faults(status=500, times=FAILURES_THAT_OPEN)
    failed = [crowd.search(new_segment()) for _ in range(FAILURES_THAT_OPEN)]
    crowd.faults(status=500, times=1)
    refused = [crowd.search(new_segment()) for _ in range(10)]
    hit = crowd.search(known)
    assert {each.response.status_code for each in failed} == {502}
    assert {each.response.status_code for each in refused} == {503}
    assert all(int(each.response.headers["Retry-After"]) <= CIRCUIT_SECONDS for each in refused)
    assert statistics.median(each.seconds for each in refused) < MOST_SECONDS
    assert "hit" in hit.cache_status
    crowd.reset()
    time.sleep(CIRCUIT_SECONDS)
    assert crowd.search(new_segment()).response.status_code == 200
