"""The one line that is logged of each request, which also carries its metrics.

It holds no image, no secret, no address in clear and no parameter, as those can identify a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from image_search.credentials.store import CredentialsStore
from image_search.limits.caller import Caller
from image_search.telemetry import metrics
from image_search.telemetry.measurements import Measurements

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

# 64 bits of a caller's pseudonym: enough to tell callers apart.
_CALLER_DIGITS = 16


class AccessLog:
    """Writes a request's line when it is answered."""

    def __init__(self, credentials: CredentialsStore, logger: Logger) -> None:
        self._credentials = credentials
        self._logger = logger

    def write(
        self, measured: Measurements, caller: Caller | None, seconds: float, **about: Any
    ) -> None:
        """``about``: what the kind of request adds, such as its route and status."""
        measures = metrics.measure(measured, seconds)
        self._logger.info(
            "request",
            **about,
            milliseconds=round(seconds * 1000, 1),
            caller=self._pseudonym(caller),
            **_facts(measured),
            **metrics.embedded(measures),
        )

    def _pseudonym(self, caller: Caller | None) -> str | None:
        """Without fetching the secret: a refused request is not worth it."""
        key = self._credentials.known_key
        if caller is None or key is None:
            return None
        return caller.pseudonym(key)[:_CALLER_DIGITS]


def _facts(measured: Measurements) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    status = measured.cache_status
    if status is not None:
        facts["cache"] = "hit" if status.is_hit else str(status.forwarded)
        facts |= {name: True for name in ("stored", "collapsed") if getattr(status, name)}
        facts |= {"cache_detail": status.detail} if status.detail else {}
    if measured.media_type is not None:
        facts["image_type"] = measured.media_type
    if measured.errors:
        facts["met"] = [error.code for error in measured.errors]
    return facts
