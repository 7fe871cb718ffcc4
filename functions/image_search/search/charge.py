"""What one request costs its caller: one search, if it comes to a search of its own."""

from __future__ import annotations

from image_search.limits.caller import Caller
from image_search.limits.caller_quota import CallerQuota
from image_search.rate_limit import RateLimit


class Charge:
    """Of one request. ``caller``: None where nobody is charged.

    ``rate_limit``: what the caller has left once it is charged; None while the request is free.
    """

    def __init__(self, quota: CallerQuota, caller: Caller | None) -> None:
        self._quota = quota
        self._caller = caller
        self._is_made = False
        self.rate_limit: RateLimit | None = None

    def refuse_if_known_exhausted(self) -> None:
        """Raises ``RateLimited`` if the sandbox knows that the caller has none left."""
        if self._caller is not None:
            self._quota.refuse_if_known_exhausted(self._caller)

    def make(self) -> None:
        """Charges the caller, unless that was done. Raises ``RateLimited``."""
        if self._caller is not None and not self._is_made:
            self._is_made = True
            self.rate_limit = self._quota.consume(self._caller)
