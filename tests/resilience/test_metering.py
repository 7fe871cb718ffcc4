"""The proxy before the emulator charges and throttles what real sandboxes ask of it."""

from __future__ import annotations

import pytest

from metering.call import METERED
from metering.meter import Meter, Throttling
from resilience.conftest import Crowd, new_segment
from resilience.dynamodb_proxy import DynamoDbProxy


@pytest.fixture
def meter(crowd: Crowd, table: DynamoDbProxy) -> Meter:
    meter = Meter()
    table.attach(meter, crowd.stack.dynamodb)
    return meter


def test_each_call_of_a_sandbox_is_charged(
    crowd: Crowd, table: DynamoDbProxy, meter: Meter
) -> None:
    table.watch()
    assert crowd.search(new_segment()).response.status_code == 200
    made = [operation for operation in table.operations if operation in METERED]
    assert sorted(charge.operation for charge in meter.charges) == sorted(made)
    assert "PutItem" in made


def test_a_hit_is_charged_by_the_answer_that_is_stored(crowd: Crowd, meter: Meter) -> None:
    segment = new_segment()
    crowd.search(segment)
    stored = max(charge.units.write for charge in meter.charges)
    meter.reset()
    assert "hit" in crowd.search(segment).cache_status
    (charge,) = meter.charges
    # A unit of writes is a kilobyte, and half a unit of reads are four.
    assert charge.units.read == -(-stored // 4) / 2


def test_throttled_writes_reach_no_table(crowd: Crowd, meter: Meter) -> None:
    meter.throttle(Throttling(writes=1))
    segment = new_segment()
    assert crowd.search(segment).response.status_code == 200
    meter.throttle(Throttling())
    assert {call.is_write for call in meter.throttled} == {True}
    assert all(charge.units.write == 0 for charge in meter.charges)
