"""How long answers are good for, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

from image_search.cache.answer import Answer
from image_search.settings import CacheScope

# The last part of an answer's life, in which one request renews it while others are served: six
# minutes of the default hour, enough for a photo that is asked for once in three.
REFRESH_SHARE = 0.1
# A fallback or empty answer may be better a minute later.
DEGRADED_TTL_SECONDS = 60


@dataclass(frozen=True)
class CachePolicy:
    """``ttl_seconds`` fresh, then ``stale_seconds`` kept to answer when upstream fails.

    ``generation``: the template's; answers of another one are no longer found.
    """

    scope: CacheScope
    ttl_seconds: int
    stale_seconds: int
    generation: int = 0

    def lifetime(self, *, degraded: bool) -> int:
        """Seconds for which a new answer is fresh."""
        return min(DEGRADED_TTL_SECONDS, self.ttl_seconds) if degraded else self.ttl_seconds

    def usable_if_error(self, answer: Answer, now: int) -> Answer | None:
        """The answer, if it is not too stale to stand in for a failing upstream."""
        return answer if now < answer.fresh_until + self.stale_seconds else None

    def is_due(self, answer: Answer, now: int) -> bool:
        """Whether a fresh answer should be renewed ahead of its end."""
        life = answer.lifetime
        return life > DEGRADED_TTL_SECONDS and answer.freshness(now) <= life * REFRESH_SHARE
