"""The use case: answer a search from the cache, or ask upstream and remember the answer."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from image_search.allowance import Allowance
from image_search.answers import Answer
from image_search.budgets import Budgets
from image_search.cache import Entry, ResponseCache, StoreResult, Unavailable
from image_search.cache_key import cache_key
from image_search.cache_policy import CachePolicy
from image_search.cache_status import CacheStatus, Forwarded
from image_search.circuit_breaker import CircuitBreaker
from image_search.collapsed_forwarding import Collapsed, CollapsedForwarding
from image_search.credentials import Credentials, CredentialsStore
from image_search.errors import (
    ImageSearchError,
    NotCached,
    UpstreamFailed,
    UpstreamRejectedCredentials,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from image_search.fuse import Fuse
from image_search.geometry import Geometry
from image_search.images import Image
from image_search.prepare import Preparation, PreparedImage
from image_search.refresh_ahead import RefreshAhead
from image_search.refresh_order import RefreshQueue
from image_search.search_request import SearchRequest
from image_search.settings import CacheScope
from image_search.upstream import Body, ImageSearchUpstream, UpstreamAnswer

_EXCUSES = frozenset(kind.code for kind in (UpstreamFailed, UpstreamUnavailable, UpstreamTimeout))


@dataclass(frozen=True)
class Outcome:
    """An answer and how it came about; ``canonical_query`` asks for the same answer by name.

    ``allowance``: what is left of the caller's budget; None when the answer was free.
    """

    answer: Answer
    cache_status: CacheStatus
    canonical_query: str
    allowance: Allowance | None


@dataclass(frozen=True)
class Hit:
    """``answer`` is the entry's, and fresh."""

    entry: Entry
    answer: Answer


@dataclass(frozen=True)
class Miss:
    """``stale``: an answer to fall back on. ``cacheable`` is False while the table is sick."""

    forwarded: Forwarded
    stale: Answer | None = None
    cacheable: bool = True


class ImageSearch:
    """Searches by image; an answer is shared as far as the scope allows."""

    def __init__(
        self,
        cache: ResponseCache,
        forwarding: CollapsedForwarding,
        upstream: ImageSearchUpstream,
        breaker: CircuitBreaker,
        credentials: CredentialsStore,
        budgets: Budgets,
        fuse: Fuse,
        preparation: Preparation,
        policy: CachePolicy,
        refresh_queue: RefreshQueue | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._cache = cache
        self._forwarding = forwarding
        self._upstream = upstream
        self._breaker = breaker
        self._credentials = credentials
        self._budgets = budgets
        self._fuse = fuse
        self._preparation = preparation
        self._policy = policy
        self._clock = clock
        self._ahead = RefreshAhead(forwarding, breaker, policy, refresh_queue, clock)

    def prime(self) -> None:
        """Makes the clients that a miss needs; they ask nothing yet."""
        self._credentials.prime()
        self._upstream.prime()

    def search(self, request: SearchRequest) -> Outcome:
        """Raises a ``RequestError`` or an ``UpstreamError``; none is ever stored."""
        credentials = self._credentials.get(request.parameters.site)
        if self._policy.scope is CacheScope.SHARED:
            # A shared answer must not depend on who happened to ask first.
            request = replace(request, parameters=request.parameters.without_identity())
        key = self._key(request, credentials)
        answer, status, allowance = self._answer(key, request, credentials)
        return Outcome(answer, status, request.canonical_query, allowance)

    def refresh(self, request: SearchRequest, token: int) -> bool:
        """Renews an answer that ``RefreshAhead`` has reserved; False when another has done so.

        Raises as ``search`` does.
        """
        credentials = self._credentials.get(request.parameters.site)
        renewed = self._forwarding.fetch_reserved(
            self._key(request, credentials),
            token,
            lambda: self._ask(request.load(), request, credentials),
        )
        return renewed is not None and renewed.stored is StoreResult.STORED

    def _key(self, request: SearchRequest, credentials: Credentials) -> str:
        return cache_key(credentials, self._policy.epoch, request.canonical_query, request.sha256)

    def _answer(
        self, key: str, request: SearchRequest, credentials: Credentials
    ) -> tuple[Answer, CacheStatus, Allowance | None]:
        found = self._look_up(key, request)
        if isinstance(found, Hit):
            served = self._ahead.serve(
                key,
                found.entry,
                found.answer,
                request,
                lambda: self._ask(request.load(), request, credentials),
            )
            return *served, None
        if request.cache_control.only_if_cached:
            raise NotCached
        allowance = None
        try:
            self._breaker.refuse_if_open()  # which costs nobody anything
            allowance = self._budgets.spend(request.caller) if request.caller else None
            image = request.load()
            request.observations.image(image)
            answer, status = self._forward(key, image, request, credentials, found)
        except ImageSearchError as error:
            request.observations.failed(error)
            if found.stale is not None and _excuses_stale(error):
                return found.stale, CacheStatus(detail="stale-if-error"), allowance
            error.allowance = error.allowance or allowance
            raise
        return answer, status, allowance

    def _look_up(self, key: str, request: SearchRequest) -> Hit | Miss:
        if self._policy.scope is CacheScope.OFF:
            return Miss(Forwarded.BYPASS)
        entry = self._cache.read(key)
        if isinstance(entry, Unavailable):
            return Miss(Forwarded.MISS, cacheable=False)
        if entry.answer is None:
            return Miss(Forwarded.MISS)
        now = int(self._clock())
        if not entry.answer.freshness(now):
            return Miss(Forwarded.STALE, self._policy.still_excusable(entry.answer, now))
        if request.cache_control.skips_lookup or not request.cache_control.accepts(
            entry.answer.age(now)
        ):
            return Miss(Forwarded.REQUEST, entry.answer)
        return Hit(entry, entry.answer)

    def _forward(
        self,
        key: str,
        image: Image,
        request: SearchRequest,
        credentials: Credentials,
        miss: Miss,
    ) -> tuple[Answer, CacheStatus]:
        def ask() -> Answer:
            return self._ask(image, request, credentials)

        if miss.forwarded is Forwarded.BYPASS or request.cache_control.no_store:
            return ask(), CacheStatus(miss.forwarded)
        if not miss.cacheable:
            return ask(), CacheStatus(miss.forwarded, detail="cache-unavailable")
        renew = miss.forwarded is Forwarded.REQUEST
        result = self._forwarding.fetch(key, ask, request.deadline, renew=renew)
        if isinstance(result, Collapsed):
            return result.answer, CacheStatus(miss.forwarded, collapsed=True)
        if result.stored is StoreResult.STORED:
            return result.answer, CacheStatus(miss.forwarded, stored=True)
        reason = "not-leased" if result.stored is None else f"store-{result.stored}"
        return result.answer, CacheStatus(miss.forwarded, detail=reason)

    def _ask(self, image: Image, request: SearchRequest, credentials: Credentials) -> Answer:
        with request.observations.preparing():
            prepared = self._preparation.prepare(image)
        try:
            found = self._ask_upstream(prepared, request, credentials)
        except UpstreamRejectedCredentials:
            site = request.parameters.site
            if not self._credentials.refresh(credentials, site):
                raise
            # The answer is still stored under the key of the old credentials: there others wait
            # for it, and sandboxes yet to learn of the rotation find it without being rejected.
            found = self._ask_upstream(prepared, request, self._credentials.get(site))
        lifetime = self._policy.lifetime(degraded=found.degraded)
        body = _body(found, prepared.geometry)
        return Answer.from_json(body.json, int(self._clock()), lifetime, body.gzip)

    def _ask_upstream(
        self, image: PreparedImage, request: SearchRequest, credentials: Credentials
    ) -> UpstreamAnswer:
        """Unless the circuit is open; it learns how the search went."""
        self._fuse.spend()  # no failure of upstream: the breaker must not see it
        self._breaker.enter()
        try:
            with request.observations.asking_upstream():
                found = self._upstream.search(image, request, credentials)
        except (UpstreamFailed, UpstreamTimeout, UpstreamUnavailable):
            self._breaker.failed()
            raise
        except ImageSearchError:
            self._breaker.succeeded()  # whoever rejects us is alive
            raise
        self._breaker.succeeded()
        return found


def _excuses_stale(error: ImageSearchError) -> bool:
    """Upstream's 5xx, 429 and time-outs (RFC 5861 §4), but never its 4xx."""
    return error.status >= 500 and error.code in _EXCUSES


def _body(found: UpstreamAnswer, geometry: Geometry) -> Body:
    """The answer as it is served: the vendor's own bytes, unless something had to change."""
    value = geometry.map_segments(found.value)
    if value is found.value and found.received is not None:
        return found.received
    return Body(
        json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(errors="replace")
    )
