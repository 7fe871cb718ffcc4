"""Upstream with all that stands before it.

That is an operator's pause, the daily cap, the circuit breaker and the credentials.
"""

from __future__ import annotations

from collections.abc import Callable

from image_search.credentials.secret import Credentials
from image_search.credentials.store import CredentialsStore
from image_search.errors import UpstreamPaused, UpstreamRejectedCredentials
from image_search.images.normalize import NormalizedImage
from image_search.limits.daily_cap import DailyCap
from image_search.search.control_item import ControlItem
from image_search.search.request import SearchRequest
from image_search.upstream.circuit_breaker import CircuitBreaker
from image_search.upstream.client import UpstreamAnswer, UpstreamCall, UpstreamClient


class GuardedUpstream:
    """One method to search with; what it needs and what may stop it is decided in here."""

    def __init__(
        self,
        client: UpstreamClient,
        breaker: CircuitBreaker,
        daily_cap: DailyCap,
        credentials: CredentialsStore,
        control: ControlItem,
    ) -> None:
        self._client = client
        self._breaker = breaker
        self._daily_cap = daily_cap
        self._credentials = credentials
        self._control = control

    def prime(self) -> None:
        """Makes the clients that a miss needs; nothing is sent yet."""
        self._credentials.prime()
        self._client.prime()

    def credentials_of(self, site: str | None) -> Credentials:
        """Raises ``InvalidParameters`` for an unknown site, and ``UpstreamUnavailable``."""
        return self._credentials.get(site)

    def refuse_if_known_open(self) -> bool:
        """As ``refuse_if_open``, but asks nothing: False if the circuit's state is not known."""
        self._refuse_if_paused()
        return self._breaker.refuse_if_known_open()

    def refuse_if_open(self) -> None:
        """Raises ``CircuitOpen`` while the circuit is open, and ``UpstreamPaused``."""
        self._refuse_if_paused()
        self._breaker.refuse_if_open()

    def reservation(self) -> Callable[[], None] | None:
        """What counts the call that may follow against the daily cap, while a lease is waited for.

        One that does not follow is left for the next. None if one is left.
        """
        return None if self._daily_cap.is_reserved else self._daily_cap.reserve

    def search(
        self, image: NormalizedImage, request: SearchRequest, credentials: Credentials
    ) -> UpstreamAnswer:
        """Searches; once more with the secret's new credentials if upstream rejects these.

        Raises an ``UpstreamError``, or ``UpstreamRejectedRequest`` for upstream's 400.
        """
        try:
            return self._call(image, request, credentials)
        except UpstreamRejectedCredentials:
            site = request.parameters.site
            if not self._credentials.refresh(credentials, site):
                raise
        return self._call(image, request, self._credentials.get(site))

    def _call(
        self, image: NormalizedImage, request: SearchRequest, credentials: Credentials
    ) -> UpstreamAnswer:
        self._control.refresh(request.measurements)  # after a wait for another's search
        self._refuse_if_paused()
        self._daily_cap.consume()  # a refusal here is no failure of upstream's
        call = UpstreamCall(
            image=image,
            parameters=request.parameters,
            end_user=request.end_user,
            credentials=credentials,
            deadline=request.deadline,
        )

        def send() -> UpstreamAnswer:
            with request.measurements.calling_upstream(len(image.content)):
                return self._client.search(call)

        return self._breaker.call(send)

    def _refuse_if_paused(self) -> None:
        if self._control.latest.paused:
            raise UpstreamPaused
