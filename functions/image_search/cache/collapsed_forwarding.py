"""One search for all who ask for the same at once (RFC 9211 §2.6 calls it collapsed).

The request that takes the lease fetches. The others wait by reading the lease, and write nothing:
they learn what came of it, share its answer or its failure, and one of them takes over when its
holder gives no more signs of life. When the answer will not be stored, they are told at once and
search side by side. At its deadline, a request that still waits makes no call of its own.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from image_search.cache.answer import Answer
from image_search.cache.heartbeat import Heartbeat
from image_search.cache.lease import (
    Grant,
    Lease,
    LeaseGranted,
    LeaseHeld,
    Leases,
    LeaseThrottled,
    LeaseUnavailable,
    Sighting,
)
from image_search.cache.store import CacheUnavailable, Entry, ResponseCache, StoreResult
from image_search.deadline import Deadline
from image_search.errors import ImageNotFound, ImageSearchError, SharedError, StillSearching
from image_search.side_by_side import side_by_side

# A third of the patience below, so that two signs of life may be lost.
RENEW_SECONDS = 1.0
# For how long a lease may stay the same before another takes it over.
PATIENCE_SECONDS = 3.0
# The same for a renewal that was handed to a background search, which may have to start a sandbox,
# and is tried again by Lambda after a minute. Only other renewals wait so long, as they have an
# answer at hand.
HANDED_OVER_SECONDS = 60.0
# For how long a throttled lease is tried before the request searches without one.
THROTTLED_SECONDS = 2.0
# Kept back by those who wait, to answer in time.
ANSWER_SECONDS = 0.5
# What must be left to take over: six times a usual search of 0.8 s.
SEARCH_SECONDS = 5.0
# For how long a renewal that failed, or whose answer could not be stored, is left alone: from when
# a sandbox first sees that it did.
FAILED_RENEWAL_SECONDS = 60.0
# Why nothing was stored: a background search found no image under its name.
IMAGE_GONE = "image-gone"
# Leases that a sandbox remembers having seen by renewals; a thousand are 0.5 MB.
_REMEMBERED_LEASES = 1000
# Pauses between polls, in seconds: a usual search is seen within 0.1 s of its end after six reads.
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.05, 0.3, 1.5


@dataclass(frozen=True)
class Search:
    """``run`` searches; before that, ``charge`` charges the caller, once, or raises.

    ``reservation``: what counts the call that ``run`` will make; None if one is counted already. It
    may be in vain, and then counts for the next: so it can be done while it is not known yet
    whether there will be one.
    """

    run: Callable[[], Answer]
    charge: Callable[[], None]
    reservation: Callable[[], Callable[[], None] | None]


@dataclass(frozen=True)
class Fetched:
    """The caller's own search. ``stored`` is None when it had no lease."""

    answer: Answer
    stored: StoreResult | None


@dataclass(frozen=True)
class Collapsed:
    """Another's search, which was under way."""

    answer: Answer


@dataclass
class _Watch:
    """A lease that is waited for, and since when it has not changed.

    ``is_seen``: False until a look at it was not throttled.
    """

    lease: Lease
    since: float
    is_seen: bool = True
    throttled_since: float = 0.0

    def see(self, lease: Lease, now: float) -> None:
        self.is_seen = True
        if (lease.token, lease.beat) != (self.lease.token, self.lease.beat):
            self.since = now
        self.lease = lease

    def is_ended_by(self, lease: Lease) -> bool:
        """Whether the search that is waited for has come to its end, as ``lease`` shows.

        One that had ended before this request came was not waited for.
        """
        if not self.is_seen or not lease.ended:
            return False
        return not (self.lease.ended and self.lease.token == lease.token)

    def has_stayed(self, seconds: float, now: float) -> bool:
        return now - self.since >= seconds


class _Alone:
    """The request should search without a lease: there is none to be had, or no use in one."""


class CollapsedForwarding:
    """Lets exactly one of many fetch.

    ``clock``: epoch seconds; ``monotonic``: seconds; ``pause``: sleeps; ``heartbeat``: keeps a
    lease while its holder searches.
    """

    def __init__(
        self,
        cache: ResponseCache,
        leases: Leases,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
        heartbeat: Heartbeat | None = None,
    ) -> None:
        self._cache = cache
        self._leases = leases
        self._clock = clock
        self._monotonic = monotonic
        self._pause = pause
        self._heartbeat = heartbeat or Heartbeat(RENEW_SECONDS)
        # What renewals have seen of leases, by key: no clock but this sandbox's says for how long.
        self._watched: dict[str, _Watch] = {}

    def look(self, key: str) -> Sighting:
        """Whether another searches for the same: what ``fetch`` begins with."""
        return self._leases.read(key)

    def fetch(
        self,
        key: str,
        read: Entry,
        seen: Sighting,
        search: Search,
        deadline: Deadline,
        *,
        renew: bool,
    ) -> Fetched | Collapsed:
        """``read``: what is stored; ``renew``: even if it is fresh, only a newer answer will do.

        Raises what ``search`` raises, the error of the search that the caller waited for, or
        ``StillSearching`` when that has not ended by the deadline.
        """
        known = read if renew else Entry()
        granted = self._wait_for_grant(key, known, seen, search, deadline)
        if isinstance(granted, Answer):
            return Collapsed(granted)
        if isinstance(granted, _Alone):
            search.charge()
            return Fetched(search.run(), None)
        newer = self._newer(key, read, granted, deadline)
        if newer is not None and newer.answer is not None and self._is_usable(newer, known):
            self._leases.end(key, granted.token, version=newer.rev)
            return Collapsed(newer.answer)
        return self._fetch(key, granted.token, newer or read, search.run)

    def renewable(self, key: str, *, by_name: bool) -> Lease | None:
        """The lease to renew the answer with, as it is seen; None where it is to be left alone.

        That is while another renews the answer, and for a while after that has failed.
        ``by_name``: the image would be read from S3, where it may be gone.
        """
        seen = self._leases.read(key)
        if not isinstance(seen, Lease) or (by_name and seen.unstored == IMAGE_GONE):
            return None
        failed = seen.failure is not None or seen.unstored not in (None, IMAGE_GONE)
        if seen.is_free and not failed:
            return seen
        patience = PATIENCE_SECONDS
        if failed:
            patience = FAILED_RENEWAL_SECONDS
        elif seen.handed_over:
            patience = HANDED_OVER_SECONDS
        return seen if self._has_stayed(key, seen, patience) else None

    def fetch_if_free(
        self, key: str, seen: Lease | None, known: Entry, search: Search
    ) -> Fetched | None:
        """Renews the answer, unless another does so or has done so: then None, and no waiting.

        ``seen``: what ``renewable`` gave; None to take any lease that is free. Raises what
        ``search`` raises.
        """
        token = self._take_for_renewal(key, seen, known, search)
        return None if token is None else self._fetch(key, token, known, search.run)

    def reserve(self, key: str, seen: Lease, known: Entry, search: Search) -> str | None:
        """A lease, by its token, to be handed over with the search, which is charged.

        None as for ``fetch_if_free``. Raises what charging raises.
        """
        return self._take_for_renewal(key, seen, known, search, handed_over=True)

    def fetch_reserved(self, key: str, token: str, fetch: Callable[[], Answer]) -> Fetched | None:
        """Fetches with a lease that was handed over; None when it was adopted before."""
        adopted = self._leases.adopt(key, token)
        if not isinstance(adopted, LeaseGranted):
            return None
        read = self._cache.read(key, consistent=True)
        entry = Entry() if isinstance(read, CacheUnavailable) else read
        return self._fetch(key, adopted.token, entry, fetch)

    def give_up(self, key: str, token: str) -> None:
        """Ends a reservation that will not be used."""
        self._leases.end(key, token)

    def _take_for_renewal(
        self,
        key: str,
        seen: Lease | None,
        known: Entry,
        search: Search,
        *,
        handed_over: bool = False,
    ) -> str | None:
        """The token, if the lease is as it was seen and ``known`` is what is stored.

        One that was free may have been had by another since, in vain: that is not to be tried again
        by all who saw it free. Only who has it is charged.
        """
        if seen is None:
            grant = self._leases.acquire(key)
        elif seen.is_free:
            grant = self._leases.acquire_as_seen(key, seen, handed_over=handed_over)
        else:
            grant = self._leases.take_over(key, seen, handed_over=handed_over)
        if not isinstance(grant, LeaseGranted):
            return None
        newer = self._newer(key, known, grant)
        if newer is not None:
            self._leases.end(key, grant.token, version=newer.rev)
            return None
        try:
            search.charge()
        except ImageSearchError:
            self._leases.end(key, grant.token)
            raise
        return grant.token

    def _wait_for_grant(
        self, key: str, known: Entry, seen: Sighting, search: Search, deadline: Deadline
    ) -> LeaseGranted | Answer | _Alone:
        """A lease, or another's answer, or that the request should search without a lease."""
        if isinstance(seen, LeaseUnavailable):
            return _Alone()
        lease = seen if isinstance(seen, Lease) else Lease()
        watch = _Watch(lease, self._monotonic(), is_seen=lease is seen)
        pauses = _pauses()
        while True:
            granted = self._try(key, watch, search, deadline)
            if granted is not None:
                return granted
            if deadline.remaining() <= ANSWER_SECONDS:
                if watch.lease.is_free:
                    return _Alone()
                raise StillSearching
            self._pause(min(next(pauses), deadline.remaining()))
            outcome = self._look_again(key, watch, known, deadline)
            if outcome is not None:
                return outcome

    def _look_again(
        self, key: str, watch: _Watch, known: Entry, deadline: Deadline
    ) -> Answer | _Alone | None:
        """What came of the search that is waited for; None: wait on, or try for the lease."""
        seen = self._leases.read(key)
        if isinstance(seen, Lease) and seen.ended and seen.token != watch.lease.token:
            # A newer one, or the one before, as a copy shows it that lags behind: whose failure is
            # not to be shared.
            seen = self._leases.read(key, consistent=True)
        if isinstance(seen, LeaseUnavailable):
            return _Alone()
        if isinstance(seen, LeaseThrottled):
            return None
        outcome = self._outcome(key, seen, known, deadline) if watch.is_ended_by(seen) else None
        if isinstance(outcome, CacheUnavailable):
            watch.since = self._monotonic()  # an answer is there, and no search to take over
            return None
        watch.see(seen, self._monotonic())
        return outcome

    def _try(
        self, key: str, watch: _Watch, search: Search, deadline: Deadline
    ) -> LeaseGranted | _Alone | None:
        """Takes the lease if it is free or abandoned. None: wait on."""
        now = self._monotonic()
        if watch.lease.is_free:
            grant = self._take(key, search, partial(self._leases.acquire, key))
        elif watch.has_stayed(PATIENCE_SECONDS, now) and deadline.remaining() >= SEARCH_SECONDS:
            grant = self._take(key, search, partial(self._leases.take_over, key, watch.lease))
        else:
            return None
        match grant:
            case LeaseGranted():
                return grant
            case LeaseHeld(lease):
                watch.see(lease, self._monotonic())  # the call may have taken seconds
            case LeaseThrottled():
                watch.throttled_since = watch.throttled_since or now
                return _Alone() if now - watch.throttled_since >= THROTTLED_SECONDS else None
            case LeaseUnavailable():
                return _Alone()
        return None

    def _take(self, key: str, search: Search, take: Callable[[], Grant]) -> Grant:
        """What ``take`` gives, while the caller is charged and the call counted.

        Raises what charging raises; the lease is free then.
        """
        taken: list[Grant] = []
        try:
            reserve = search.reservation()
            also = () if reserve is None else (reserve,)
            side_by_side(search.charge, *also, lambda: taken.append(take()))
        except Exception:
            for grant in taken:
                if isinstance(grant, LeaseGranted):
                    self._leases.end(key, grant.token)
            raise
        return taken[0]

    def _outcome(
        self, key: str, ended: Lease, known: Entry, deadline: Deadline
    ) -> Answer | _Alone | CacheUnavailable | None:
        """What came of a search, as its lease says; None: nothing that is of use."""
        if ended.failure is not None:
            raise SharedError(ended.failure)
        if ended.unstored is not None:
            return _Alone()
        if ended.version is None:
            return None  # its holder was refused
        entry = self._cache.read(key, deadline)
        if isinstance(entry, Entry) and entry.rev != ended.version:
            entry = self._cache.read(key, deadline, consistent=True)
        if isinstance(entry, CacheUnavailable):
            return entry
        return entry.answer if self._is_usable(entry, known) else None

    def _newer(
        self, key: str, read: Entry, granted: LeaseGranted, deadline: Deadline | None = None
    ) -> Entry | None:
        """What was stored since ``read``, if anything.

        The lease before tells what its holder has stored. Only where it does not is the answer
        read again: after a holder that died, and after a store that ``read`` has not seen.
        """
        before = granted.before
        if before is not None and before.is_free and before.version in (None, read.rev):
            return None
        entry = self._cache.read(key, deadline, consistent=True)
        if isinstance(entry, CacheUnavailable) or entry.rev == read.rev:
            return None
        return entry

    def _is_usable(self, entry: Entry, known: Entry) -> bool:
        fresh = entry.answer is not None and entry.answer.freshness(int(self._clock())) > 0
        return fresh and (known.rev is None or entry.rev != known.rev)

    def _fetch(self, key: str, token: str, read: Entry, fetch: Callable[[], Answer]) -> Fetched:
        try:
            with self._heartbeat.kept_by(lambda: self._leases.renew(key, token)):
                answer = fetch()
        except ImageNotFound:
            # Requests that wait with the image itself are not failed by its absence from S3.
            self._leases.end(key, token, unstored=IMAGE_GONE)
            raise
        except ImageSearchError as error:
            self._leases.end(key, token, failure=SharedError.record(error))
            raise
        except BaseException:
            self._leases.end(key, token)
            raise
        stored = self._cache.store(key, answer, read)
        if stored.result is StoreResult.STORED:
            self._leases.end(key, token, version=stored.rev)
        else:
            self._leases.end(key, token, unstored=stored.result)
        return Fetched(answer, stored.result)

    def _has_stayed(self, key: str, seen: Lease, seconds: float) -> bool:
        """Whether this sandbox has seen the lease like this for so long."""
        now = self._monotonic()
        if key not in self._watched and len(self._watched) >= _REMEMBERED_LEASES:
            self._watched.clear()
        watch = self._watched.setdefault(key, _Watch(seen, now))
        watch.see(seen, now)
        return watch.has_stayed(seconds, now)


def _pauses() -> Iterator[float]:
    """Growing, and jittered: many who wait must not all ask at the same moment."""
    pause = _FIRST_PAUSE
    while True:
        yield pause * random.uniform(0.5, 1.5)  # noqa: S311 - no secret is made of it
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)
