"""The use case: answer a search from the cache, or ask upstream and remember the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

from image_search.cache.answer import Answer
from image_search.cache.collapsed_forwarding import Search
from image_search.cache.lease import Sighting
from image_search.cache.status import CacheStatus
from image_search.credentials.secret import Credentials
from image_search.errors import (
    ImageSearchError,
    NotCached,
    RequestError,
    UnprocessableImage,
    UpstreamRejectedRequest,
)
from image_search.images.coordinates import Coordinates
from image_search.images.image import Image
from image_search.images.normalize import Normalizer
from image_search.limits.caller_quota import CallerQuota
from image_search.rate_limit import RateLimit
from image_search.search.cached_answers import CachedAnswers, Hit, Miss
from image_search.search.charge import Charge
from image_search.search.guarded_upstream import GuardedUpstream
from image_search.search.refresh_ahead import RefreshAhead
from image_search.search.request import SearchRequest
from image_search.side_by_side import side_by_side
from image_search.upstream.client import Body, UpstreamAnswer

# What must be left of a request's time to decode an image that upstream has refused. Those of 12
# megapixels take 0.3 s, the largest some seconds.
CHECK_SECONDS = 8.0


@dataclass(frozen=True)
class Outcome:
    """An answer and how it came about; ``canonical_query`` asks for the same answer by name.

    ``rate_limit``: what the caller has left; None when the answer was free.
    """

    answer: Answer
    cache_status: CacheStatus
    canonical_query: str
    rate_limit: RateLimit | None


class SearchedAhead(StrEnum):
    """What came of a search that no client waits for."""

    SEARCHED = "searched"
    CACHED = "cached"  # its answer was there already
    NOT_LEASED = "not-leased"  # another makes the same search, or its answer could not be kept


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
        request, credentials = self._named(request)
        answer, status, rate_limit = self._answer(request, credentials)
        return Outcome(answer, status, request.canonical_query, rate_limit)

    def search_ahead(self, request: SearchRequest) -> SearchedAhead:
        """Searches so that others find the answer; waits for no other's search.

        Raises as ``search`` does.
        """
        request, credentials = self._named(request)
        key, found = self._answers.look_up(request, credentials)
        if isinstance(found, Hit):
            return SearchedAhead.CACHED
        self._upstream.refuse_if_open()
        image = request.load()
        request.measurements.image(image)
        charge = Charge(self._caller_quota, request.caller)
        search = self._search(request, credentials, charge, lambda: image)
        fetched = self._answers.fetch_if_free(key, found, search)
        return SearchedAhead.NOT_LEASED if fetched is None else SearchedAhead.SEARCHED

    def refresh(self, request: SearchRequest, token: str) -> bool:
        """Renews an answer that ``RefreshAhead`` has reserved; False when another has done so.

        Raises as ``search`` does.
        """
        request, credentials = self._named(request)
        key = self._answers.key(request, credentials)
        return self._answers.renew(
            key, token, lambda: self._search_for(request.load(), request, credentials)
        )

    def _named(self, request: SearchRequest) -> tuple[SearchRequest, Credentials]:
        """The request as it is searched for, and what by."""
        credentials = self._upstream.credentials_of(request.parameters.site)
        if self._answers.shared:
            request = replace(request, parameters=request.parameters.without_identity())
        return request, credentials

    def _answer(
        self, request: SearchRequest, credentials: Credentials
    ) -> tuple[Answer, CacheStatus, RateLimit | None]:
        key, found = self._answers.look_up(request, credentials)
        charge = Charge(self._caller_quota, request.caller)
        if isinstance(found, Hit):
            search = self._search(request, credentials, charge, request.load)
            return *self._refresh_ahead.serve(key, found, request, search), None
        if request.cache_control.only_if_cached:
            raise NotCached
        try:
            charge.refuse_if_known_exhausted()
            image, lease = self._get_ready(key, request, found, charge)
            request.measurements.image(image)
            search = self._search(request, credentials, charge, lambda: image)
            answer, status = self._answers.fetch(key, request, found, lease, search)
        except ImageSearchError as error:
            request.measurements.failed(error)
            if found.stale is not None and error.stale_if_error:
                return found.stale, CacheStatus(detail="stale-if-error"), charge.rate_limit
            error.rate_limit = error.rate_limit or charge.rate_limit
            raise
        return answer, status, charge.rate_limit

    def _get_ready(
        self, key: str, request: SearchRequest, miss: Miss, charge: Charge
    ) -> tuple[Image, Sighting | None]:
        """The image, and who else searches.

        Raises ``CircuitOpen``, ``UpstreamPaused``, and what loading raises: a search for an image
        that cannot be had is charged, as forms to upload one are.
        """
        look = partial(self._answers.look_at_lease, key, request, miss)
        is_known = self._upstream.refuse_if_known_open()
        circuit = () if is_known else (self._upstream.refuse_if_open,)
        *_, lease = side_by_side(*circuit, look)
        try:
            return request.load(), lease
        except RequestError:
            charge.make()
            raise

    def _search(
        self,
        request: SearchRequest,
        credentials: Credentials,
        charge: Charge,
        load: Callable[[], Image],
    ) -> Search:
        return Search(
            run=lambda: self._search_for(load(), request, credentials),
            charge=charge.make,
            reservation=self._upstream.reservation,
        )

    def _search_for(self, image: Image, request: SearchRequest, credentials: Credentials) -> Answer:
        """A new answer. It belongs under the key of the credentials that the search began with,
        even if upstream took newer ones: there others wait for it."""
        with request.measurements.normalizing():
            normalized = self._normalizer.normalize(image)
        try:
            found = self._upstream.search(normalized, request, credentials)
        except (UpstreamRejectedRequest, UnprocessableImage):
            # Upstream does not say whether it is for the pixels, which nobody has looked at yet.
            if not normalized.decoded and request.deadline.remaining() > CHECK_SECONDS:
                self._normalizer.check_pixels(image)
            raise
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
