"""A fresh answer, renewed shortly before its end by one of the requests that ask for it.

A request that carries its image searches at once, while the others are served. Where the image
lies in S3, no request waits: the search is handed to the prefetch function, with the lease on the
answer, and made after the answer was given.
"""

from __future__ import annotations

from collections.abc import Callable

from image_search.aws.async_invocation import AsyncInvocation
from image_search.cache.answer import Answer
from image_search.cache.collapsed_forwarding import CollapsedForwarding
from image_search.cache.policy import CachePolicy
from image_search.cache.status import CacheStatus, Forwarded
from image_search.cache.store import StoreResult
from image_search.errors import ImageSearchError
from image_search.search.cached_answers import Hit
from image_search.search.guarded_upstream import GuardedUpstream
from image_search.search.refresh_message import RefreshMessage
from image_search.search.request import SearchRequest

_DETAIL = "refresh-ahead"


class RefreshAhead:
    """``prefetch`` is None where no function takes messages. ``clock``: epoch seconds."""

    def __init__(
        self,
        forwarding: CollapsedForwarding,
        upstream: GuardedUpstream,
        policy: CachePolicy,
        prefetch: AsyncInvocation | None,
        clock: Callable[[], float],
    ) -> None:
        self._forwarding = forwarding
        self._upstream = upstream
        self._policy = policy
        self._prefetch = prefetch
        self._clock = clock

    def serve(
        self, key: str, hit: Hit, request: SearchRequest, search: Callable[[], Answer]
    ) -> tuple[Answer, CacheStatus]:
        """The hit's answer; another only if this request has renewed it by ``search``."""
        as_found = hit.answer, CacheStatus()
        if not self._may_renew(hit, request):
            return as_found
        try:
            self._upstream.refuse_if_open()
            if request.image_uri is not None and self._prefetch is not None:
                sent = self._hand_over(key, hit.answer, request, request.image_uri, self._prefetch)
                return hit.answer, CacheStatus(detail=_DETAIL if sent else None)
            renewed = self._forwarding.fetch_if_free(key, hit.answer, search)
        except ImageSearchError:
            return as_found
        if renewed is None:
            return as_found
        stored = renewed.stored is StoreResult.STORED
        return renewed.answer, CacheStatus(Forwarded.STALE, stored, detail=_DETAIL)

    def _may_renew(self, hit: Hit, request: SearchRequest) -> bool:
        if request.cache_control.only_if_cached:
            return False
        if hit.entry.image_gone and request.image_uri is not None:
            return False
        return self._policy.is_due(hit.answer, int(self._clock()))

    def _hand_over(
        self,
        key: str,
        answer: Answer,
        request: SearchRequest,
        image_uri: str,
        prefetch: AsyncInvocation,
    ) -> bool:
        token = self._forwarding.reserve(key, answer)
        if token is None:
            return False
        message = RefreshMessage(
            s3_uri=image_uri,
            sha256=request.sha256,
            query=request.canonical_query,
            token=token,
        )
        if prefetch.send(message.to_event()):
            return True
        self._forwarding.give_up(key, token)
        return False
