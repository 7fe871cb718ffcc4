"""What unit tests share beside the proxy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from metering.in_process import metered_moto
from metering.meter import Meter


@pytest.fixture
def metered(aws: None) -> Iterator[Meter]:
    """All calls on the table, with the units that each is charged; it throttles nothing yet."""
    with metered_moto(Meter()) as meter:
        yield meter
