"""How long answers are good for, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

from image_search.answers import Answer
from image_search.settings import CacheScope

REFRESH_SHARE = 0.1
"""The last part of an answer's life, in which one request renews it while others are served."""
DEGRADED_TTL_SECONDS = 60
"""A fallback or empty answer may be better a minute later."""


@dataclass(frozen=True)
class CachePolicy:
    """``ttl_seconds`` fresh, then ``stale_seconds`` kept to answer when upstream fails.

    ``epoch``: answers of another one are no longer found.
    """

    scope: CacheScope
    ttl_seconds: int
    stale_seconds: int
    epoch: int = 0

    def lifetime(self, *, degraded: bool) -> int:
        """Seconds for which a new answer is fresh."""
        return min(DEGRADED_TTL_SECONDS, self.ttl_seconds) if degraded else self.ttl_seconds

    def still_excusable(self, answer: Answer, now: int) -> Answer | None:
        """The answer, if it is not too stale to stand in for a failing upstream."""
        return answer if now < answer.fresh_until + self.stale_seconds else None

    def is_due(self, answer: Answer, now: int) -> bool:
        """Whether a fresh answer should be renewed ahead of its end."""
        life = answer.fresh_until - answer.stored_at
        return life > DEGRADED_TTL_SECONDS and answer.freshness(now) <= life * REFRESH_SHARE
