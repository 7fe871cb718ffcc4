"""One search for all who ask for the same at once (RFC 9211 §2.6 calls it collapsed).

The request that takes the lease fetches; the others poll for its answer, share its failure, and
take over when it dies. None waits longer than leaves time to fetch without the cache.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from image_search.cache.answer import Answer
from image_search.cache.store import (
    CacheUnavailable,
    Entry,
    LeaseGranted,
    LeaseHeld,
    ResponseCache,
    StoreResult,
)
from image_search.deadline import Deadline
from image_search.errors import ImageNotFound, ImageSearchError, SharedError

# A third of the lease, so that two renewals may be lost before it ends.
RENEW_SECONDS = 1.0
# Kept back by those who wait, to search on their own in the end: six times a usual search of 0.8 s.
DIRECT_SECONDS = 5.0
# Pauses between polls, in seconds: the end of a usual search of 0.8 s is seen 0.2 s later on
# average, after seven reads.
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.05, 0.4, 1.5


@dataclass(frozen=True)
class Fetched:
    """The caller's own search. ``stored`` is None when the table could not be asked."""

    answer: Answer
    stored: StoreResult | None


@dataclass(frozen=True)
class Collapsed:
    """Another's search, which was under way."""

    answer: Answer


class CollapsedForwarding:
    """Lets exactly one of many fetch. ``clock``: epoch seconds; ``pause``: sleeps."""

    def __init__(
        self,
        cache: ResponseCache,
        clock: Callable[[], float] = time.time,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._cache = cache
        self._clock = clock
        self._pause = pause
        # A second one for the next search, while the first still waits for a slow table.
        self._renewals = ThreadPoolExecutor(max_workers=2)

    def fetch(
        self, key: str, fetch: Callable[[], Answer], deadline: Deadline, *, renew: bool
    ) -> Fetched | Collapsed:
        """``renew``: a stored answer will not do, unless it is newer than this call.

        Raises what ``fetch`` raises, or the same error of the search that the caller waited for.
        """
        since = int(self._clock())
        pauses = _pauses()
        while deadline.remaining() > DIRECT_SECONDS:
            lease = self._cache.acquire(key, renew=renew)
            if isinstance(lease, LeaseGranted):
                return self._fetch(key, lease.token, fetch)
            if isinstance(lease, CacheUnavailable):
                break
            found = self._wait(key, lease, deadline, pauses, since if renew else 0)
            if found is not None:
                return Collapsed(found)
        return Fetched(fetch(), None)

    def fetch_if_free(self, key: str, known: Answer, fetch: Callable[[], Answer]) -> Fetched | None:
        """Renews the answer, unless another does so or has done so: then None, and no waiting."""
        token = self.reserve(key, known)
        return None if token is None else self._fetch(key, token, fetch)

    def reserve(self, key: str, known: Answer) -> int | None:
        """A lease, by its token, to renew the answer with; None as for ``fetch_if_free``."""
        lease = self._cache.acquire(key, renew=True, known=known)
        return lease.token if isinstance(lease, LeaseGranted) else None

    def fetch_reserved(self, key: str, token: int, fetch: Callable[[], Answer]) -> Fetched | None:
        """Fetches with another's lease; None when it is no longer the last one."""
        return self._fetch(key, token, fetch) if self._cache.renew(key, token) else None

    def give_up(self, key: str, token: int) -> None:
        """Releases a reservation that will not be used."""
        self._cache.release(key, token)

    def _fetch(self, key: str, token: int, fetch: Callable[[], Answer]) -> Fetched:
        try:
            with self._renewing(key, token):
                answer = fetch()
        except ImageNotFound:
            # Requests that wait with the image itself are not failed by its absence from S3.
            self._cache.release(key, token, image_gone=True)
            raise
        except ImageSearchError as error:
            self._cache.release(key, token, SharedError.record(error))
            raise
        except BaseException:
            self._cache.release(key, token)
            raise
        return Fetched(answer, self._cache.store(key, token, answer))

    def _wait(
        self, key: str, lease: LeaseHeld, deadline: Deadline, pauses: Iterator[float], since: int
    ) -> Answer | None:
        """The answer of the lease's holder; None when it is time to try for the lease again."""
        entry, awaited = lease.entry, lease.entry.lease
        while True:
            answer = self._usable(entry, awaited, since)
            if answer is not None or not entry.is_leased(self._now()):
                break
            if deadline.remaining() <= DIRECT_SECONDS:
                break
            self._pause(next(pauses))
            found = self._cache.read(key, consistent=True)
            if isinstance(found, CacheUnavailable):
                break
            entry = found
        if answer is None:
            self._pause(next(pauses) / 10)  # the lease's own end is not yet the next one's start
        return answer

    def _usable(self, entry: Entry, awaited: int | None, since: int) -> Answer | None:
        if entry.failure is not None and entry.lease == awaited:
            raise SharedError(entry.failure)
        answer = entry.answer
        if answer is None or answer.stored_at < since:
            return None
        return answer if answer.freshness(int(self._clock())) else None

    @contextmanager
    def _renewing(self, key: str, token: int) -> Iterator[None]:
        """Keeps the lease while the body runs, from a thread, as the body waits for upstream."""
        done = threading.Event()

        def renew() -> None:
            while not done.wait(RENEW_SECONDS):
                if not self._cache.renew(key, token):
                    return

        self._renewals.submit(renew)
        try:
            yield
        finally:
            done.set()

    def _now(self) -> int:
        return int(self._clock() * 1000)


def _pauses() -> Iterator[float]:
    """Growing, and jittered: many who wait must not all ask at the same moment."""
    pause = _FIRST_PAUSE
    while True:
        yield pause * random.uniform(0.5, 1.5)  # noqa: S311 - no secret is made of it
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)
