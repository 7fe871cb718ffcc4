"""How an on-demand table grows."""

from __future__ import annotations

import pytest

from benchmarks.simulation.limits import half_hours_until


@pytest.mark.parametrize(
    ("needed", "steps"), [(1, 0), (4_000, 0), (4_001, 1), (8_000, 1), (8_001, 2), (48_000, 4)]
)
def test_a_table_doubles_every_half_hour(needed: float, steps: int) -> None:
    assert half_hours_until(needed, 4_000) == steps
