"""The callers' quotas and the daily cap: what counting takes, and what follows when it fails.

Neither is ever used up here, as a load that is refused shows nothing.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable

import simpy

from benchmarks.simulation.sandboxes import Sandbox
from benchmarks.simulation.table import Table
from benchmarks.simulation.units import SMALL_WRITE
from image_search.aws.table import THROTTLED_SECONDS
from image_search.limits.daily_cap import ALLOWANCE, ALLOWANCE_SECONDS, LARGEST_SHARE

DAILY_CAP = "daily cap"

Yes = Generator[simpy.Event, object, bool]
Steps = Generator[simpy.Event, object, None]


class Counters:
    def __init__(self, env: simpy.Environment, table: Table) -> None:
        self._env = env
        self._table = table

    def charge_caller(self, sandbox: Sandbox) -> Yes:
        """Each caller has an item of its own. False when it could not be counted."""
        return self._count(sandbox, None)

    def reserve(self, sandbox: Sandbox) -> Yes:
        """Takes a share of the daily cap, if none is left. False when there is none then either."""
        if sandbox.calls_left == 0 and (yield from self._count(sandbox, DAILY_CAP)):
            sandbox.calls_left = LARGEST_SHARE
        return sandbox.calls_left > 0

    def may_call(self, sandbox: Sandbox) -> Yes:
        """Counted, or by the allowance that a sandbox has while calls cannot be."""
        if (yield from self.reserve(sandbox)):
            sandbox.calls_left -= 1
            return True
        window = self._env.now // ALLOWANCE_SECONDS
        if sandbox.allowance_window != window:
            sandbox.allowance_window, sandbox.uncounted = window, 0
        if sandbox.uncounted >= ALLOWANCE:
            return False
        sandbox.uncounted += 1
        return True

    def _count(self, sandbox: Sandbox, item: Hashable) -> Yes:
        if self._env.now < sandbox.counters_left_alone_until:
            return False
        counted = yield from self._table.request("write", item, SMALL_WRITE)
        if not counted:
            sandbox.counters_left_alone_until = self._env.now + THROTTLED_SECONDS
        return counted


class Charge:
    """Of one request, which is charged once at most: as in image_search/search/charge.py."""

    def __init__(self, counters: Counters, sandbox: Sandbox) -> None:
        self._counters = counters
        self._sandbox = sandbox
        self._is_made = False

    def make(self) -> Steps:
        if not self._is_made:
            self._is_made = True
            yield from self._counters.charge_caller(self._sandbox)
