"""A fresh answer, renewed shortly before its end by one of the requests that ask for it.

A request that carries its image searches at once, while the others are served. Where the image
lies in S3, no request waits: the search is handed to the prefetch function, with the lease on the
answer, and made after the answer was given.
"""

from __future__ import annotations

from collections.abc import Callable

from image_search.cache.answer import Answer
from image_search.cache.collapsed_forwarding import CollapsedForwarding, Search
from image_search.cache.lease import Lease
from image_search.cache.policy import CachePolicy
from image_search.cache.status import CacheStatus, Forwarded
from image_search.cache.store import StoreResult
from image_search.errors import ImageSearchError
from image_search.search.cached_answers import Hit
from image_search.search.guarded_upstream import GuardedUpstream
from image_search.search.refresh_message import RefreshQueue
from image_search.search.request import SearchRequest
from image_search.uploads.tickets import Ticket

_DETAIL = "refresh-ahead"


class RefreshAhead:
    """``queue`` is None where no function takes messages. ``clock``: epoch seconds."""

    def __init__(
        self,
        forwarding: CollapsedForwarding,
        upstream: GuardedUpstream,
        policy: CachePolicy,
        queue: RefreshQueue | None,
        clock: Callable[[], float],
    ) -> None:
        self._forwarding = forwarding
        self._upstream = upstream
        self._policy = policy
        self._queue = queue
        self._clock = clock

    def serve(
        self, key: str, hit: Hit, request: SearchRequest, search: Search
    ) -> tuple[Answer, CacheStatus]:
        """The hit's answer; another only if this request has renewed it by ``search``.

        A renewal is charged to the caller who causes it; one who has none left is served the
        answer at hand.
        """
        as_found = hit.answer, CacheStatus()
        by_name = request.image_uri is not None and self._queue is not None
        lease = self._renewable(key, hit, request, by_name=by_name)
        if lease is None:
            return as_found
        try:
            self._upstream.refuse_if_open()
            if request.image_uri is not None and self._queue is not None:
                token = self._forwarding.reserve(key, lease, hit.entry, search)
                sent = self._hand_over(key, token, request, request.image_uri, self._queue)
                return hit.answer, CacheStatus(detail=_DETAIL if sent else None)
            renewed = self._forwarding.fetch_if_free(key, lease, hit.entry, search)
        except ImageSearchError:
            return as_found
        if renewed is None:
            return as_found
        stored = renewed.stored is StoreResult.STORED
        return renewed.answer, CacheStatus(Forwarded.STALE, stored, detail=_DETAIL)

    def _renewable(
        self, key: str, hit: Hit, request: SearchRequest, *, by_name: bool
    ) -> Lease | None:
        if request.cache_control.only_if_cached or not request.renewable:
            return None
        if not self._policy.is_due(hit.answer, int(self._clock())):
            return None
        return self._forwarding.renewable(key, by_name=by_name)

    def _hand_over(
        self,
        key: str,
        token: str | None,
        request: SearchRequest,
        image_uri: str,
        queue: RefreshQueue,
    ) -> bool:
        """Whether the search will be made."""
        if token is None:
            return False
        ticket = Ticket(
            sha256=request.sha256,
            query=request.canonical_query,
            ip=request.end_user.ip,
            user_agent=request.end_user.user_agent,
            s3_uri=image_uri,
            lease=token,
        )
        if queue.send(ticket):
            return True
        self._forwarding.give_up(key, token)
        return False
