"""How the cache handled a request (RFC 9211)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

CACHE_NAME = "image-search-proxy"


class Forwarded(StrEnum):
    """Why a request went upstream (RFC 9211 §2.2)."""

    BYPASS = "bypass"
    MISS = "miss"
    STALE = "stale"
    REQUEST = "request"


@dataclass(frozen=True)
class CacheStatus:
    """``forwarded`` is None for a hit; ``detail`` says what went wrong on the way, if anything."""

    forwarded: Forwarded | None = None
    stored: bool = False
    collapsed: bool = False
    detail: str | None = None

    @property
    def is_hit(self) -> bool:
        return self.forwarded is None

    def to_header(self, ttl: int) -> str:
        """``ttl``: seconds for which the answer is still fresh here; negative when stale."""
        members = [CACHE_NAME, "hit" if self.is_hit else f"fwd={self.forwarded}"]
        if self.stored:
            members.append("stored")
        if self.collapsed:
            members.append("collapsed")
        if self.stored or self.collapsed or self.is_hit:
            members.append(f"ttl={ttl}")
        if self.detail:
            members.append(f"detail={self.detail}")
        return "; ".join(members)
