"""A search answer as it is stored and served: compressed once, with its age and its tag."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass, field

# 101 KB of answer become 14.8 KB, and the table is charged by the kilobyte; level 9 gains 1 %.
_GZIP_LEVEL = 6


@dataclass(frozen=True)
class Answer:
    """A 200 body. Times are whole seconds since the epoch."""

    body: bytes = field(repr=False)
    """JSON, gzip-compressed."""
    entity_tag: str
    """Names the JSON, without quotes: 32 hexadecimal digits."""
    stored_at: int
    fresh_until: int

    @classmethod
    def from_json(
        cls, body: bytes, now: int, lifetime: int, compressed: bytes | None = None
    ) -> Answer:
        """``body``: the JSON as served; ``lifetime``: seconds it stays fresh.

        ``compressed``: the same as gzip, if there is one already.
        """
        return cls(
            body=compressed or gzip.compress(body, _GZIP_LEVEL, mtime=0),
            entity_tag=hashlib.sha256(body).hexdigest()[:32],
            stored_at=now,
            fresh_until=now + lifetime,
        )

    def json(self) -> bytes:
        return gzip.decompress(self.body)

    def age(self, now: int) -> int:
        """Seconds since it came from upstream."""
        return max(0, now - self.stored_at)

    def freshness(self, now: int) -> int:
        """Seconds it has left; never negative."""
        return max(0, self.fresh_until - now)
