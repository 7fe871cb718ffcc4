"""The use case: answer a search from the cache, or ask upstream and remember the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from image_search.cache.answer import Answer
from image_search.cache.status import CacheStatus
from image_search.credentials.secret import Credentials
from image_search.errors import (
    ImageSearchError,
    NotCached,
)
from image_search.images.coordinates import Coordinates
from image_search.images.image import Image
from image_search.images.normalize import Normalizer
from image_search.limits.caller_quota import CallerQuota
from image_search.rate_limit import RateLimit
from image_search.search.cached_answers import CachedAnswers, Hit
from image_search.search.guarded_upstream import GuardedUpstream
from image_search.search.refresh_ahead import RefreshAhead
from image_search.search.request import SearchRequest
from image_search.upstream.client import Body, UpstreamAnswer


@dataclass(frozen=True)
class Outcome:
    """An answer and how it came about; ``canonical_query`` asks for the same answer by name.

    ``rate_limit``: what the caller has left; None when the answer was free.
    """

    answer: Answer
    cache_status: CacheStatus
    canonical_query: str
    rate_limit: RateLimit | None


class ImageSearch:
    """Searches by image; an answer is shared as far as the scope allows."""

    def __init__(
        self,
        answers: CachedAnswers,
        upstream: GuardedUpstream,
        caller_quota: CallerQuota,
        normalizer: Normalizer,
        refresh_ahead: RefreshAhead,
    ) -> None:
        self._answers = answers
        self._upstream = upstream
        self._caller_quota = caller_quota
        self._normalizer = normalizer
        self._refresh_ahead = refresh_ahead

    def prime(self) -> None:
        """Makes the clients that a miss needs; nothing is sent yet."""
        self._upstream.prime()

    def search(self, request: SearchRequest) -> Outcome:
        """Raises a ``RequestError`` or an ``UpstreamError``; none is ever stored."""
        credentials = self._upstream.credentials_of(request.parameters.site)
        if self._answers.shared:
            request = replace(request, parameters=request.parameters.without_identity())
        key = self._answers.key(request, credentials)
        answer, status, rate_limit = self._answer(key, request, credentials)
        return Outcome(answer, status, request.canonical_query, rate_limit)

    def refresh(self, request: SearchRequest, token: int) -> bool:
        """Renews an answer that ``RefreshAhead`` has reserved; False when another has done so.

        Raises as ``search`` does.
        """
        credentials = self._upstream.credentials_of(request.parameters.site)
        key = self._answers.key(request, credentials)
        return self._answers.renew(key, token, self._searching(request, credentials))

    def _answer(
        self, key: str, request: SearchRequest, credentials: Credentials
    ) -> tuple[Answer, CacheStatus, RateLimit | None]:
        found = self._answers.look_up(key, request)
        if isinstance(found, Hit):
            searching = self._searching(request, credentials)
            return *self._refresh_ahead.serve(key, found, request, searching), None
        if request.cache_control.only_if_cached:
            raise NotCached
        rate_limit = None
        try:
            self._upstream.refuse_if_open()
            rate_limit = self._caller_quota.consume(request.caller) if request.caller else None
            image = request.load()
            request.measurements.image(image)
            answer, status = self._answers.fetch(
                key, request, found, lambda: self._search_for(image, request, credentials)
            )
        except ImageSearchError as error:
            request.measurements.failed(error)
            if found.stale is not None and error.stale_if_error:
                return found.stale, CacheStatus(detail="stale-if-error"), rate_limit
            error.rate_limit = error.rate_limit or rate_limit
            raise
        return answer, status, rate_limit

    def _searching(self, request: SearchRequest, credentials: Credentials) -> Callable[[], Answer]:
        """For a renewal, which loads the image only if it comes to that."""
        return lambda: self._search_for(request.load(), request, credentials)

    def _search_for(self, image: Image, request: SearchRequest, credentials: Credentials) -> Answer:
        """A new answer. It belongs under the key of the credentials that the search began with,
        even if upstream took newer ones: there others wait for it."""
        with request.measurements.normalizing():
            normalized = self._normalizer.normalize(image)
        found = self._upstream.search(normalized, request, credentials)
        body = _body(found, normalized.coordinates)
        return self._answers.new(body.json, body.gzip, degraded=found.degraded)


def _body(found: UpstreamAnswer, coordinates: Coordinates) -> Body:
    """The answer as it is served: upstream's own bytes, unless something had to change."""
    value = coordinates.map_segments(found.value)
    if value is found.value and found.received is not None:
        return found.received
    return Body(
        json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(errors="replace")
    )
