"""Who searches and who waits, step by step as the proxy does it.

As in functions/image_search/cache/collapsed_forwarding.py, whose constants are used. No sandbox
dies here, but a lease whose end was throttled is taken over as a dead one's is.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Iterator
from enum import Enum, auto

import simpy

from benchmarks.simulation.answers import Answers, Stored
from benchmarks.simulation.counters import Charge, Counters
from benchmarks.simulation.guarded_upstream import GuardedUpstream
from benchmarks.simulation.lease import Grant, Granted, Held, Leases, Throttled
from benchmarks.simulation.sandboxes import Sandbox, Watch
from benchmarks.simulation.store import Store
from benchmarks.simulation.table import Table
from benchmarks.simulation.units import ANSWER_WRITE
from image_search.cache.collapsed_forwarding import (
    _FIRST_PAUSE,
    _GROWTH,
    _LONGEST_PAUSE,
    ANSWER_SECONDS,
    FAILED_RENEWAL_SECONDS,
    PATIENCE_SECONDS,
    RENEW_SECONDS,
    SEARCH_SECONDS,
    THROTTLED_SECONDS,
)
from image_search.cache.lease import Lease

Steps = Generator[simpy.Event, object, "Fetched"]
Yes = Generator[simpy.Event, object, bool]


class Fetched(Enum):
    """What a request that needs an answer comes to."""

    SEARCHED = auto()
    SHARED = auto()
    FAILED = auto()


class _Alone:
    """The request should search without a lease."""


class _Unread:
    """The answer is stored, and its reads were throttled."""


Outcome = Granted | Fetched | _Alone


class Forwarding:
    def __init__(
        self,
        env: simpy.Environment,
        table: Table,
        store: Store,
        answers: Answers,
        upstream: GuardedUpstream,
        counters: Counters,
        chance: random.Random,
    ) -> None:
        self._env = env
        self._table = table
        self._store = store
        self._answers = answers
        self._upstream = upstream
        self._counters = counters
        self._chance = chance
        self._leases = Leases(table)

    def look(self, photo: int, stored: Stored) -> Generator[simpy.Event, object, Lease | None]:
        return self._leases.read(photo, stored)

    def fetch(
        self,
        photo: int,
        stored: Stored,
        read: str | None,
        seen: Lease | None,
        sandbox: Sandbox,
        deadline: float,
    ) -> Steps:
        """``read``: the version of the answer that was found; ``seen``: None where the look at the
        lease was throttled."""
        charge = Charge(self._counters, sandbox)
        granted = yield from self._wait_for_grant(photo, stored, seen, sandbox, charge, deadline)
        if isinstance(granted, Fetched):
            return granted
        if isinstance(granted, _Alone):
            return (yield from self.search_alone(sandbox, charge))
        if (yield from self._is_newer(photo, stored, read, granted.before)):
            if stored.is_fresh(self._env.now):
                yield from self._leases.end(photo, stored, granted.token, version=stored.version)
                return Fetched.SHARED
            read = stored.version
        return (yield from self.search(photo, stored, granted.token, read, sandbox))

    def search_alone(self, sandbox: Sandbox, charge: Charge) -> Steps:
        yield from charge.make()
        answered = yield from self._upstream.search(sandbox)
        return Fetched.SEARCHED if answered else Fetched.FAILED

    def renewable(
        self, photo: int, stored: Stored, sandbox: Sandbox
    ) -> Generator[simpy.Event, object, Lease | None]:
        """The lease to renew the answer with, unless it is to be left alone."""
        seen = yield from self._leases.read(photo, stored)
        if seen is None or (seen.is_free and seen.failure is None):
            return seen
        patience = PATIENCE_SECONDS if seen.failure is None else FAILED_RENEWAL_SECONDS
        watch = sandbox.watched.setdefault(photo, Watch(seen, self._env.now))
        watch.see(seen, self._env.now)
        return seen if watch.has_stayed(patience, self._env.now) else None

    def take_for_renewal(
        self, photo: int, stored: Stored, seen: Lease, read: str | None, charge: Charge
    ) -> Generator[simpy.Event, object, str | None]:
        """The token, if the lease was granted and nothing newer is stored: then it is charged."""
        grant = yield from self._leases.take(photo, stored, None if seen.is_free else seen)
        if not isinstance(grant, Granted):
            return None
        if not (yield from self._is_newer(photo, stored, read, grant.before)):
            yield from charge.make()
            return grant.token
        yield from self._leases.end(photo, stored, grant.token, version=stored.version)
        return None

    def search(
        self, photo: int, stored: Stored, token: str, read: str | None, sandbox: Sandbox
    ) -> Steps:
        """With the lease, which is renewed meanwhile."""
        done = self._env.event()
        self._env.process(self._renew(photo, stored, token, done))
        answered = yield from self._upstream.search(sandbox)
        done.succeed()
        if not answered:
            yield from self._leases.end(photo, stored, token, failed=True)
            return Fetched.FAILED
        written = yield from self._table.request("write", ("answer", photo), ANSWER_WRITE)
        if not written or stored.version != read:
            reason = "superseded" if written else "failed"
            yield from self._leases.end(photo, stored, token, unstored=reason)
            return Fetched.SEARCHED
        self._answers.put(photo, self._env.now)
        yield from self._leases.end(photo, stored, token, version=stored.version)
        return Fetched.SEARCHED

    def _renew(
        self, photo: int, stored: Stored, token: str, done: simpy.Event
    ) -> Generator[simpy.Event, object, None]:
        while True:
            yield self._env.timeout(RENEW_SECONDS) | done
            if done.triggered:
                return
            yield from self._leases.renew(photo, stored, token)

    def _wait_for_grant(
        self,
        photo: int,
        stored: Stored,
        seen: Lease | None,
        sandbox: Sandbox,
        charge: Charge,
        deadline: float,
    ) -> Generator[simpy.Event, object, Outcome]:
        watch, pauses = Watch(seen or Lease(), self._env.now), self._pauses()
        while True:
            tried = yield from self._try(photo, stored, watch, sandbox, charge, deadline)
            if tried is not None:
                return tried
            remaining = deadline - self._env.now
            if remaining <= ANSWER_SECONDS:
                return _Alone() if watch.lease.is_free else Fetched.FAILED
            yield self._env.timeout(min(next(pauses), remaining))
            outcome = yield from self._look_again(photo, stored, watch)
            if outcome is not None:
                return outcome

    def _look_again(
        self, photo: int, stored: Stored, watch: Watch
    ) -> Generator[simpy.Event, object, Fetched | _Alone | None]:
        """What came of the search that is waited for; None: wait on, or try for the lease."""
        seen = yield from self._leases.read(photo, stored)
        if seen is None:
            return None
        if watch.is_ended_by(seen):
            outcome = yield from self._outcome(photo, stored, seen)
            if isinstance(outcome, _Unread):
                return None  # an answer is there, and will be read
            if outcome is not None:
                return outcome
        watch.see(seen, self._env.now)
        return None

    def _try(
        self,
        photo: int,
        stored: Stored,
        watch: Watch,
        sandbox: Sandbox,
        charge: Charge,
        deadline: float,
    ) -> Generator[simpy.Event, object, Granted | _Alone | None]:
        now = self._env.now
        if watch.lease.is_free:
            take = self._leases.take(photo, stored)
        elif watch.has_stayed(PATIENCE_SECONDS, now) and deadline - now >= SEARCH_SECONDS:
            take = self._leases.take(photo, stored, watch.lease)
        else:
            return None
        grant = yield from self._take(take, sandbox, charge)
        match grant:
            case Granted():
                return grant
            case Held(lease):
                watch.see(lease, now)
            case Throttled():
                watch.throttled_since = watch.throttled_since or now
                return _Alone() if now - watch.throttled_since >= THROTTLED_SECONDS else None
        return None

    def _take(self, take: Grant, sandbox: Sandbox, charge: Charge) -> Grant:
        """While the caller is charged and the call counted."""
        charging = self._env.process(charge.make())
        reserving = self._env.process(self._counters.reserve(sandbox))
        grant = yield from take
        yield charging & reserving
        return grant

    def _outcome(
        self, photo: int, stored: Stored, ended: Lease
    ) -> Generator[simpy.Event, object, Fetched | _Alone | _Unread | None]:
        """What came of a search, as its lease says; None: nothing that is of use."""
        if ended.failure is not None:
            return Fetched.FAILED
        if ended.unstored is not None:
            return _Alone()
        found = yield from self._store.read(photo, stored)
        if found and stored.version != ended.version:
            found = yield from self._store.read(photo, stored, consistent=True)
        if not found:
            return _Unread()
        return Fetched.SHARED if stored.is_fresh(self._env.now) else None

    def _is_newer(self, photo: int, stored: Stored, read: str | None, before: Lease) -> Yes:
        """Whether an answer was stored since ``read``: looked up only if the lease does not say."""
        if before.is_free and before.version in (None, read):
            return False
        found = yield from self._store.read(photo, stored, consistent=True)
        return found and stored.version != read

    def _pauses(self) -> Iterator[float]:
        pause = _FIRST_PAUSE
        while True:
            yield pause * self._chance.uniform(0.5, 1.5)
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)
