"""The use case: answer a search from the cache, or ask upstream and remember the answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from image_search import query
from image_search.answers import Answer
from image_search.cache import Hit, Miss, ResponseCache, StoreResult
from image_search.cache_key import cache_key
from image_search.cache_status import CacheStatus, Forwarded
from image_search.credentials import Credentials, CredentialsStore
from image_search.errors import NotCached, UpstreamRejectedCredentials
from image_search.geometry import Geometry
from image_search.prepare import Preparation
from image_search.search_request import SearchRequest
from image_search.settings import CacheScope
from image_search.upstream import ImageSearchUpstream, UpstreamAnswer

DEGRADED_TTL_SECONDS = 60
"""A fallback or empty answer may be better a minute later."""


@dataclass(frozen=True)
class Outcome:
    """An answer and how it came about; ``canonical_query`` asks for the same answer by name."""

    answer: Answer
    cache_status: CacheStatus
    canonical_query: str


class ImageSearch:
    """Searches by image; an answer is shared as far as the scope allows."""

    def __init__(
        self,
        cache: ResponseCache,
        upstream: ImageSearchUpstream,
        credentials: CredentialsStore,
        preparation: Preparation,
        scope: CacheScope,
        ttl_seconds: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._cache = cache
        self._upstream = upstream
        self._credentials = credentials
        self._preparation = preparation
        self._scope = scope
        self._ttl_seconds = ttl_seconds
        self._clock = clock

    def search(self, request: SearchRequest) -> Outcome:
        """Raises a ``RequestError`` or an ``UpstreamError``; none is ever stored."""
        credentials = self._credentials.get()
        if self._scope is CacheScope.SHARED:
            # A shared answer must not depend on who happened to ask first.
            request = replace(request, parameters=request.parameters.without_identity())
        canonical_query = query.encode(request.parameters.canonical_pairs())
        key = cache_key(credentials, canonical_query, request.sha256)
        found = self._look_up(key, request)
        if isinstance(found, Hit):
            return Outcome(found.answer, CacheStatus(), canonical_query)
        if request.cache_control.only_if_cached:
            raise NotCached
        answer = self._ask(request, credentials)
        return Outcome(answer, self._store(key, answer, request, found), canonical_query)

    def _look_up(self, key: str, request: SearchRequest) -> Hit | Miss:
        if self._scope is CacheScope.OFF:
            return Miss(Forwarded.BYPASS)
        if request.cache_control.skips_lookup:
            return Miss(Forwarded.REQUEST)
        now = int(self._clock())
        found = self._cache.get(key, now)
        if isinstance(found, Hit) and not request.cache_control.accepts(found.answer.age(now)):
            return Miss(Forwarded.REQUEST)
        return found

    def _ask(self, request: SearchRequest, credentials: Credentials) -> Answer:
        image = self._preparation.prepare(request.load())
        try:
            found = self._upstream.search(image, request, credentials)
        except UpstreamRejectedCredentials:
            self._credentials.forget()
            raise
        now = int(self._clock())
        return Answer.from_json(_body(found, image.geometry), now, self._lifetime(found))

    def _lifetime(self, answer: UpstreamAnswer) -> int:
        if answer.degraded:
            return min(DEGRADED_TTL_SECONDS, self._ttl_seconds)
        return self._ttl_seconds

    def _store(self, key: str, answer: Answer, request: SearchRequest, miss: Miss) -> CacheStatus:
        if self._scope is CacheScope.OFF or request.cache_control.no_store:
            return CacheStatus(miss.forwarded)
        result = self._cache.put(key, answer)
        if result is StoreResult.STORED:
            return CacheStatus(miss.forwarded, stored=True, detail=miss.detail)
        return CacheStatus(miss.forwarded, detail=miss.detail or f"store-{result}")


def _body(found: UpstreamAnswer, geometry: Geometry) -> bytes:
    """The answer as it is served: the vendor's own bytes, unless something had to change."""
    value = geometry.map_segments(found.value)
    if value is found.value and found.received is not None:
        return found.received
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
