"""Lambda's sandboxes: each takes one request at a time and is frozen between two."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import simpy

from benchmarks.simulation.limits import REQUESTS_OF_A_SANDBOX, Limits
from benchmarks.simulation.token_bucket import TokenBucket
from image_search.cache.lease import Lease
from image_search.limits.daily_cap import LARGEST_SHARE


@dataclass
class Watch:
    """A lease that is watched, and since when it has not changed."""

    lease: Lease
    since: float
    throttled_since: float = 0.0

    def see(self, lease: Lease, now: float) -> None:
        if (lease.token, lease.beat) != (self.lease.token, self.lease.beat):
            self.since = now
        self.lease = lease

    def is_ended_by(self, lease: Lease) -> bool:
        """Whether the search that is waited for has come to its end, as ``lease`` shows."""
        return lease.ended and not (self.lease.ended and self.lease.token == lease.token)

    def has_stayed(self, seconds: float, now: float) -> bool:
        return now - self.since >= seconds


@dataclass
class Sandbox:
    """What one remembers from request to request.

    ``calls_left``: of the daily cap, taken in advance; ``uncounted``: calls in the
    ``allowance_window`` that could not be counted; ``counters_left_alone_until``: after a throttle.
    ``circuit_known_until``: when the circuit's state is read again; ``open_until``: that state;
    ``probes``: whether this one tries it out.
    ``watched``: leases that hits near their answer's end have seen, by photo.
    ``held``: answers in memory, by photo, with the time until which they are.
    """

    is_new: bool = True
    calls_left: int = 0
    uncounted: int = 0
    allowance_window: float = -1.0
    counters_left_alone_until: float = -1.0
    circuit_known_until: float = -1.0
    open_until: float | None = None
    probes: bool = False
    watched: dict[int, Watch] = field(default_factory=dict)
    held: dict[int, float] = field(default_factory=dict)


class Sandboxes:
    """``warm``: how many stand ready at the start. ``refused``: requests, by the limit's name."""

    def __init__(self, env: simpy.Environment, limits: Limits, warm: int) -> None:
        self._env = env
        self._most = limits.sandboxes
        self._requests = TokenBucket(
            limits.sandboxes * REQUESTS_OF_A_SANDBOX, limits.sandboxes * REQUESTS_OF_A_SANDBOX
        )
        self._starts = TokenBucket(limits.starts_a_second, limits.most_starts)
        # Those that are long in use have used up different parts of their shares.
        self._idle = [
            Sandbox(is_new=False, calls_left=at % LARGEST_SHARE)
            for at in range(min(warm, limits.sandboxes))
        ]
        self._all = len(self._idle)
        self._busy = 0
        self.most_busy = 0
        self.started = 0
        self.refused: Counter[str] = Counter()

    def take(self) -> Sandbox | None:
        """The one used last, or a new one; None when a limit forbids it."""
        sandbox = self._found()
        if sandbox is not None:
            self._busy += 1
            self.most_busy = max(self.most_busy, self._busy)
        return sandbox

    def give_back(self, sandbox: Sandbox) -> None:
        sandbox.is_new = False
        self._busy -= 1
        self._idle.append(sandbox)

    def _found(self) -> Sandbox | None:
        now = self._env.now
        if not self._requests.take(1, now):
            self.refused["Lambda, requests a second"] += 1
            return None
        if self._idle:
            return self._idle.pop()
        if self._all >= self._most:
            self.refused["Lambda, concurrency"] += 1
            return None
        if not self._starts.take(1, now):
            self.refused["Lambda, new sandboxes a second"] += 1
            return None
        self._all += 1
        self.started += 1
        return Sandbox()
