"""Units of DynamoDB for the ways of a request."""

from __future__ import annotations

import pytest

from benchmarks.cost.units import METERED
from benchmarks.simulation.units import LEASE_APART, LEASE_ON_ANSWER

# A new sandbox is charged for the daily cap in whole, of the ten calls that it covers.
OTHER_NINE = 0.9


def test_todays_units_add_up_to_those_that_are_metered() -> None:
    written = [
        LEASE_ON_ANSWER.written(known=False) + OTHER_NINE,
        LEASE_ON_ANSWER.written(known=True) + OTHER_NINE,
        LEASE_ON_ANSWER.written(known=True, charged=False) + OTHER_NINE,
    ]
    metered = [METERED[way].write for way in ("new miss", "stale miss", "renewal by a request")]
    assert written == pytest.approx(metered)


def test_with_its_lease_on_it_a_stored_answer_is_written_twice() -> None:
    written = [LEASE_ON_ANSWER.written(known=known) for known in (False, True)]
    assert written == pytest.approx([11.1, 21.1])


def test_with_its_lease_apart_the_answer_is_written_once_and_small_items_beside_it() -> None:
    written = [LEASE_APART.written(known=known) for known in (False, True)]
    assert written == pytest.approx([12.1, 12.1])
