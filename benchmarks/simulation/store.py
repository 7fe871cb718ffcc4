"""Reads of the stored answers, as in image_search/cache/store.py."""

from __future__ import annotations

import random
from collections.abc import Generator

import simpy

from benchmarks.simulation.answers import Stored
from benchmarks.simulation.table import Table
from benchmarks.simulation.units import ANSWER_READ, SMALL_READ
from image_search.cache.store import _THROTTLED_PAUSES

Yes = Generator[simpy.Event, object, bool]


class Store:
    """An eventually consistent read sees every write here: only its price is simulated."""

    def __init__(self, env: simpy.Environment, table: Table, chance: random.Random) -> None:
        self._env = env
        self._table = table
        self._chance = chance

    def read(self, photo: int, stored: Stored, *, consistent: bool = False) -> Yes:
        """Tried for some two seconds while it is throttled; False when it was to the end."""
        for pause in _THROTTLED_PAUSES:
            if (yield from self._try(photo, stored, consistent=consistent)):
                return True
            yield self._env.timeout(pause * self._chance.uniform(0.5, 1.5))
        return (yield from self._try(photo, stored, consistent=consistent))

    def _try(self, photo: int, stored: Stored, *, consistent: bool) -> Yes:
        units = SMALL_READ if stored.version is None else ANSWER_READ
        return self._table.request("read", ("answer", photo), 2 * units if consistent else units)
