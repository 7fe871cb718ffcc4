"""A token bucket for each route of each stage: what exceeds it is 429 Too Many Requests.

A stage's default settings are those of each of its routes, not of all of them together.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.limits import ACCOUNT_BURST, ACCOUNT_RATE


@dataclass(frozen=True)
class Rate:
    """Requests ``per_second``, and ``burst`` at once."""

    per_second: float
    burst: float

    @classmethod
    def of_route(cls, stage: Mapping[str, Any], route_key: str) -> "Rate":
        """What ``stage`` sets for the route, or for all its routes, or else the account."""
        default = _lower_first(stage.get("defaultRouteSettings") or {})
        own = _lower_first((stage.get("routeSettings") or {}).get(route_key) or {})
        settings = default | own
        return cls(
            float(settings.get("throttlingRateLimit", ACCOUNT_RATE)),
            float(settings.get("throttlingBurstLimit", ACCOUNT_BURST)),
        )


@dataclass
class _Bucket:
    tokens: float
    filled_at: float


class Throttle:
    """The buckets. ``now``: seconds of a clock that is never set back."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._buckets: dict[tuple[str, ...], _Bucket] = {}

    def admits(self, route: tuple[str, ...], rate: Rate) -> bool:
        """Take a token of ``route``, if one is left."""
        now = self._now()
        bucket = self._buckets.setdefault(route, _Bucket(rate.burst, now))
        filled = bucket.tokens + (now - bucket.filled_at) * rate.per_second
        bucket.tokens, bucket.filled_at = min(rate.burst, filled), now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True


def _lower_first(settings: Mapping[str, Any]) -> dict[str, Any]:
    """CloudFormation's names begin with a capital letter, the API's do not."""
    return {name[:1].lower() + name[1:]: value for name, value in settings.items()}
