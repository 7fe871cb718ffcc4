"""A fresh answer, renewed shortly before its end by one of the requests that ask for it.

A request that carries its image searches at once, while the others are served. Where the image lies
in S3, nobody waits: the search is handed over, with the lease on it, and made after the answer.
"""

from __future__ import annotations

from collections.abc import Callable

from image_search.answers import Answer
from image_search.cache import Entry, StoreResult
from image_search.cache_policy import CachePolicy
from image_search.cache_status import CacheStatus, Forwarded
from image_search.circuit_breaker import CircuitBreaker
from image_search.collapsed_forwarding import CollapsedForwarding
from image_search.errors import ImageSearchError
from image_search.refresh_order import RefreshOrder, RefreshQueue
from image_search.search_request import SearchRequest

_DETAIL = "refresh-ahead"


class RefreshAhead:
    """``queue`` is None where no function takes orders. ``clock``: epoch seconds."""

    def __init__(
        self,
        forwarding: CollapsedForwarding,
        breaker: CircuitBreaker,
        policy: CachePolicy,
        queue: RefreshQueue | None,
        clock: Callable[[], float],
    ) -> None:
        self._forwarding = forwarding
        self._breaker = breaker
        self._policy = policy
        self._queue = queue
        self._clock = clock

    def serve(
        self,
        key: str,
        entry: Entry,
        answer: Answer,
        request: SearchRequest,
        ask: Callable[[], Answer],
    ) -> tuple[Answer, CacheStatus]:
        """``answer`` is the entry's; another only if this request has renewed it."""
        hit = answer, CacheStatus()
        if not self._may_renew(entry, answer, request):
            return hit
        try:
            self._breaker.refuse_if_open()
            if request.image_uri is not None and self._queue is not None:
                ordered = self._order(key, answer, request.image_uri, request, self._queue)
                return answer, CacheStatus(detail=_DETAIL if ordered else None)
            renewed = self._forwarding.fetch_if_free(key, answer, ask)
        except ImageSearchError:
            return hit
        if renewed is None:
            return hit
        stored = renewed.stored is StoreResult.STORED
        return renewed.answer, CacheStatus(Forwarded.STALE, stored, detail=_DETAIL)

    def _may_renew(self, entry: Entry, answer: Answer, request: SearchRequest) -> bool:
        if request.cache_control.only_if_cached:
            return False
        if entry.image_gone and request.image_uri is not None:
            return False
        return self._policy.is_due(answer, int(self._clock()))

    def _order(
        self,
        key: str,
        answer: Answer,
        image_uri: str,
        request: SearchRequest,
        queue: RefreshQueue,
    ) -> bool:
        token = self._forwarding.reserve(key, answer)
        if token is None:
            return False
        order = RefreshOrder(
            s3_uri=image_uri,
            sha256=request.sha256,
            query=request.canonical_query,
            token=token,
        )
        if queue.put(order):
            return True
        self._forwarding.give_up(key, token)
        return False
