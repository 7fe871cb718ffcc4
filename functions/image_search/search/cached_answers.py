"""Answers from the cache: looked up, or fetched once for all who ask at the same time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from image_search.cache.answer import Answer
from image_search.cache.collapsed_forwarding import Collapsed, CollapsedForwarding
from image_search.cache.key import cache_key
from image_search.cache.policy import CachePolicy
from image_search.cache.status import CacheStatus, Forwarded
from image_search.cache.store import CacheUnavailable, Entry, ResponseCache, StoreResult
from image_search.credentials.secret import Credentials
from image_search.search.request import SearchRequest
from image_search.settings import CacheScope


@dataclass(frozen=True)
class Hit:
    """``answer`` is the entry's, and fresh."""

    entry: Entry
    answer: Answer


@dataclass(frozen=True)
class Miss:
    """``stale``: an answer to fall back on. ``cacheable``: False while the table fails."""

    forwarded: Forwarded
    stale: Answer | None = None
    cacheable: bool = True


class CachedAnswers:
    """``clock``: epoch seconds."""

    def __init__(
        self,
        store: ResponseCache,
        forwarding: CollapsedForwarding,
        policy: CachePolicy,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._forwarding = forwarding
        self._policy = policy
        self._clock = clock

    @property
    def shared(self) -> bool:
        """Whether an answer serves everyone, and must not depend on who asked for it."""
        return self._policy.scope is CacheScope.SHARED

    def key(self, request: SearchRequest, credentials: Credentials) -> str:
        """The name under which the answer to a request is stored."""
        return cache_key(
            credentials, self._policy.generation, request.canonical_query, request.sha256
        )

    def new(self, body: bytes, compressed: bytes | None, *, degraded: bool) -> Answer:
        """An answer as it is stored; a degraded one is fresh for a minute only."""
        lifetime = self._policy.lifetime(degraded=degraded)
        return Answer.from_json(body, int(self._clock()), lifetime, compressed)

    def look_up(self, key: str, request: SearchRequest) -> Hit | Miss:
        if self._policy.scope is CacheScope.OFF:
            return Miss(Forwarded.BYPASS)
        entry = self._store.read(key)
        if isinstance(entry, CacheUnavailable):
            return Miss(Forwarded.MISS, cacheable=False)
        if entry.answer is None:
            return Miss(Forwarded.MISS)
        now = int(self._clock())
        if not entry.answer.freshness(now):
            return Miss(Forwarded.STALE, self._policy.usable_if_error(entry.answer, now))
        if request.cache_control.skips_lookup or not request.cache_control.accepts(
            entry.answer.age(now)
        ):
            return Miss(Forwarded.REQUEST, entry.answer)
        return Hit(entry, entry.answer)

    def fetch(
        self, key: str, request: SearchRequest, miss: Miss, search: Callable[[], Answer]
    ) -> tuple[Answer, CacheStatus]:
        """The answer by ``search``, or by another's search that was under way.

        Raises what ``search`` raises, or raised for the other.
        """
        if miss.forwarded is Forwarded.BYPASS or request.cache_control.no_store:
            return search(), CacheStatus(miss.forwarded)
        if not miss.cacheable:
            return search(), CacheStatus(miss.forwarded, detail="cache-unavailable")
        renew = miss.forwarded is Forwarded.REQUEST
        result = self._forwarding.fetch(key, search, request.deadline, renew=renew)
        if isinstance(result, Collapsed):
            return result.answer, CacheStatus(miss.forwarded, collapsed=True)
        if result.stored is StoreResult.STORED:
            return result.answer, CacheStatus(miss.forwarded, stored=True)
        reason = "not-leased" if result.stored is None else f"store-{result.stored}"
        return result.answer, CacheStatus(miss.forwarded, detail=reason)

    def renew(self, key: str, token: int, search: Callable[[], Answer]) -> bool:
        """Renews an answer with a lease that was handed over; False when another has done so."""
        renewed = self._forwarding.fetch_reserved(key, token, search)
        return renewed is not None and renewed.stored is StoreResult.STORED
