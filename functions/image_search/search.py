"""The use case: answer a search from the cache, or ask upstream and remember the answer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from image_search.answers import Answer
from image_search.cache import Hit, Miss, ResponseCache, StoreResult
from image_search.cache_key import cache_key
from image_search.credentials import Credentials, CredentialsStore
from image_search.errors import UpstreamRejectedCredentials
from image_search.search_request import SearchRequest
from image_search.settings import CacheScope
from image_search.upstream import ImageSearchUpstream, UpstreamAnswer

DEGRADED_TTL_SECONDS = 60
"""A fallback or empty answer may be better a minute later."""


class Forwarded(StrEnum):
    """Why a request went upstream (RFC 9211 §2.2)."""

    BYPASS = "bypass"
    MISS = "miss"


@dataclass(frozen=True)
class Outcome:
    """An answer and how it came about; ``forwarded`` is None for a hit.

    ``detail`` says what went wrong on the way, if anything.
    """

    answer: Answer
    forwarded: Forwarded | None = None
    stored: bool = False
    detail: str | None = None


class ImageSearch:
    """Searches by image; an answer is shared as far as the scope allows."""

    def __init__(
        self,
        cache: ResponseCache,
        upstream: ImageSearchUpstream,
        credentials: CredentialsStore,
        scope: CacheScope,
        ttl_seconds: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._cache = cache
        self._upstream = upstream
        self._credentials = credentials
        self._scope = scope
        self._ttl_seconds = ttl_seconds
        self._clock = clock

    def search(self, request: SearchRequest) -> Outcome:
        """Raises an ``UpstreamError``, or ``UpstreamRejectedRequest``; none is ever stored."""
        credentials = self._credentials.get()
        if self._scope is CacheScope.OFF:
            return Outcome(self._ask(request, credentials), Forwarded.BYPASS)
        key = cache_key(credentials, request.parameters, request.image.sha256, self._scope)
        found = self._cache.get(key, int(self._clock()))
        if isinstance(found, Hit):
            return Outcome(found.answer)
        return self._search_and_store(key, request, credentials, found)

    def _search_and_store(
        self, key: str, request: SearchRequest, credentials: Credentials, miss: Miss
    ) -> Outcome:
        answer = self._ask(request, credentials)
        result = self._cache.put(key, answer)
        return Outcome(
            answer,
            Forwarded.MISS,
            stored=result is StoreResult.STORED,
            detail=miss.detail or _reason(result),
        )

    def _ask(self, request: SearchRequest, credentials: Credentials) -> Answer:
        if self._scope is CacheScope.SHARED:
            # A shared answer must not depend on who happened to ask first.
            request = replace(request, parameters=request.parameters.without_identity())
        try:
            answer = self._upstream.search(request, credentials)
        except UpstreamRejectedCredentials:
            self._credentials.forget()
            raise
        now = int(self._clock())
        return Answer.from_json(answer.body, now=now, lifetime=self._lifetime(answer))

    def _lifetime(self, answer: UpstreamAnswer) -> int:
        return (
            min(DEGRADED_TTL_SECONDS, self._ttl_seconds) if answer.degraded else self._ttl_seconds
        )


def _reason(result: StoreResult) -> str | None:
    return None if result is StoreResult.STORED else f"store-{result.value.replace('_', '-')}"
