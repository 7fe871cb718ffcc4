"""Upstream is down: new photos are refused at once, and known ones answered as ever."""

from __future__ import annotations

from resilience.conftest import Crowd, Timed, new_segment
from waiting import wait_until

FAILURES_THAT_OPEN = 8
CIRCUIT_SECONDS = 10


def test_an_open_circuit_refuses_at_once_and_closes_by_itself(crowd: Crowd) -> None:
    known = new_segment()
    crowd.search(known)
    crowd.faults(status=500, times=FAILURES_THAT_OPEN)
    failed = [crowd.search(new_segment()) for _ in range(FAILURES_THAT_OPEN)]
    refused = [crowd.search(new_segment()) for _ in range(10)]
    hit = crowd.search(known)
    assert {each.response.status_code for each in failed} == {502}
    assert {each.response.status_code for each in refused} == {503}
    assert all(int(each.response.headers["Retry-After"]) <= CIRCUIT_SECONDS for each in refused)
    assert "hit" in hit.cache_status
    # At once: nobody asked upstream.
    assert len(crowd.all_calls()) == 1 + FAILURES_THAT_OPEN
    later: list[Timed] = []

    def is_closed() -> bool:
        later.append(crowd.search(new_segment()))
        return later[-1].response.status_code != 503

    wait_until(is_closed, pause=0.5)
    assert later[-1].response.status_code == 200
    assert len(crowd.all_calls()) == 1 + FAILURES_THAT_OPEN + 1
