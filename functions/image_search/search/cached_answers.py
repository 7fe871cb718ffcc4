"""Answers from the cache: looked up, or fetched once for all who ask at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from image_search.cache.answer import Answer
from image_search.cache.collapsed_forwarding import (
    Collapsed,
    CollapsedForwarding,
    Fetched,
    Search,
)
from image_search.cache.key import cache_key
from image_search.cache.lease import Sighting
from image_search.cache.policy import CachePolicy
from image_search.cache.status import CacheStatus, Forwarded
from image_search.cache.store import CacheUnavailable, Entry, ResponseCache, StoreResult
from image_search.credentials.secret import Credentials
from image_search.search.control_item import ControlItem
from image_search.search.request import SearchRequest
from image_search.settings import CacheScope
from image_search.side_by_side import side_by_side


@dataclass(frozen=True)
class Hit:
    """``answer`` is the entry's, and fresh."""

    entry: Entry
    answer: Answer


@dataclass(frozen=True)
class Miss:
    """``entry``: what is stored, if anything; None while the table fails.

    ``stale``: an answer to fall back on.
    """

    forwarded: Forwarded
    entry: Entry | None = None
    stale: Answer | None = None


class CachedAnswers:
    """``clock``: epoch seconds."""

    def __init__(
        self,
        store: ResponseCache,
        forwarding: CollapsedForwarding,
        policy: CachePolicy,
        control: ControlItem,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._forwarding = forwarding
        self._policy = policy
        self._control = control
        self._clock = clock

    @property
    def shared(self) -> bool:
        """Whether an answer serves everyone, and must not depend on who asked for it."""
        return self._policy.scope is CacheScope.SHARED

    def key(self, request: SearchRequest, credentials: Credentials) -> str:
        """The name under which the answer to a request is stored."""
        self._control.refresh(request.measurements)
        return self._key(request, credentials)

    def new(self, body: bytes, compressed: bytes | None, *, degraded: bool) -> Answer:
        """An answer as it is stored; a degraded one is fresh for a minute only."""
        lifetime = self._policy.lifetime(degraded=degraded)
        return Answer.from_json(body, int(self._clock()), lifetime, compressed)

    def look_up(self, request: SearchRequest, credentials: Credentials) -> tuple[str, Hit | Miss]:
        """What is stored, behind the name under which it is."""
        if self._policy.scope is CacheScope.OFF:
            return self.key(request, credentials), Miss(Forwarded.BYPASS)
        key, entry = self._read(request, credentials)
        return key, self._found(entry, request)

    def _key(self, request: SearchRequest, credentials: Credentials) -> str:
        generation = str(self._policy.generation)
        purged = self._control.latest.generation
        if purged is not None:  # so that neither undoes the other
            generation = f"{generation}.{purged}"
        return cache_key(credentials, generation, request.canonical_query, request.sha256)

    def _read(
        self, request: SearchRequest, credentials: Credentials
    ) -> tuple[str, Entry | CacheUnavailable]:
        """The answer's name, and what is stored there.

        An old control item is read at the same time; after a purge, the answer once more.
        """
        key = self._key(request, credentials)
        if not self._control.is_old:
            return key, self._store.read(key, request.deadline)
        _, entry = side_by_side(
            partial(self._control.refresh, request.measurements),
            partial(self._store.read, key, request.deadline),
        )
        current = self._key(request, credentials)
        if current != key:
            entry = self._store.read(current, request.deadline)
        return current, entry

    def _found(self, entry: Entry | CacheUnavailable, request: SearchRequest) -> Hit | Miss:
        if isinstance(entry, CacheUnavailable):
            return Miss(Forwarded.MISS)
        if entry.answer is None or (request.plain and not entry.answer.is_whole()):
            return Miss(Forwarded.MISS, entry)
        now = int(self._clock())
        if not entry.answer.freshness(now):
            return Miss(Forwarded.STALE, entry, self._policy.usable_if_error(entry.answer, now))
        if self._is_to_be_newer(entry.answer, request, now):
            return Miss(Forwarded.REQUEST, entry, entry.answer)
        return Hit(entry, entry.answer)

    @staticmethod
    def _is_to_be_newer(answer: Answer, request: SearchRequest, now: int) -> bool:
        """Whether a fresh answer is not what the request asks for.

        Not where the client holds it: ``no-cache`` beside a condition asks whether what it holds
        may be used again (RFC 9111 §5.2.1.4), and ``fetch`` adds it to any condition.
        """
        directives = request.cache_control
        if not directives.skips_lookup and directives.accepts(answer.age(now)):
            return False
        return not request.has(answer)

    def look_at_lease(self, key: str, request: SearchRequest, miss: Miss) -> Sighting | None:
        """What ``fetch`` needs to know of others' searches; None where it need not."""
        if miss.entry is None or request.cache_control.no_store:
            return None
        return self._forwarding.look(key)

    def fetch(
        self,
        key: str,
        request: SearchRequest,
        miss: Miss,
        lease: Sighting | None,
        search: Search,
    ) -> tuple[Answer, CacheStatus]:
        """The answer by ``search``, or by another's search that was under way.

        ``lease``: by ``look_at_lease``. Raises what ``search`` raises, or raised for the other.
        """
        if miss.entry is None or lease is None:
            unavailable = miss.entry is None and miss.forwarded is not Forwarded.BYPASS
            reason = "cache-unavailable" if unavailable else None
            search.charge()
            return search.run(), CacheStatus(miss.forwarded, detail=reason)
        renew = miss.forwarded is Forwarded.REQUEST
        result = self._forwarding.fetch(
            key, miss.entry, lease, search, request.deadline, renew=renew
        )
        if isinstance(result, Collapsed):
            return result.answer, CacheStatus(miss.forwarded, collapsed=True)
        if result.stored is StoreResult.STORED:
            return result.answer, CacheStatus(miss.forwarded, stored=True)
        reason = "not-leased" if result.stored is None else f"store-{result.stored}"
        return result.answer, CacheStatus(miss.forwarded, detail=reason)

    def fetch_if_free(self, key: str, miss: Miss, search: Search) -> Fetched | None:
        """The answer by ``search``; None, at once, where another fetches it or has just done so,
        and where it could not be kept."""
        if miss.entry is None:
            return None
        return self._forwarding.fetch_if_free(key, None, miss.entry, search)

    def renew(self, key: str, token: str, search: Callable[[], Answer]) -> bool:
        """Renews an answer with a lease that was handed over; False when another has done so."""
        renewed = self._forwarding.fetch_reserved(key, token, search)
        return renewed is not None and renewed.stored is StoreResult.STORED
