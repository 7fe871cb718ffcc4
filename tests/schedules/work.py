"""A request, or a message's search, and what was seen of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from image_search.cache.request_directives import RequestCacheControl
from schedules.world import Host


@dataclass(eq=False)
class Work:
    """Times are virtual. ``token``: the lease that a message hands over; None for a request."""

    name: str
    host: Host
    photo: int
    key: str
    started: float
    deadline: float
    control: RequestCacheControl = field(default_factory=RequestCacheControl)
    token: str | None = None
    ticket: str | None = None
    """The id of the one that it is to take."""
    began: float = 0.0
    """When its latest call of the table did."""
    after_deadline: float = 0.0
    """Seconds that calls of the table took then."""
    reads: dict[str, float] = field(default_factory=dict)
    """The versions of the answer that it has read, and when first."""
    is_hit: bool | None = None
    """Whether what it read first was fresh; None before."""
    lease: Mapping[str, Any] = field(default_factory=dict)
    """As it was seen last."""
    saw_unstored: bool = False
    hands_over: bool = False
    """Whether it has taken the lease for a message, which may never come."""
    failures: list[tuple[float, str]] = field(default_factory=list)
    """Calls of the table that failed, for all that the client tried: when, and the use."""
    granted: list[str] = field(default_factory=list)
    """Tokens of the leases that it has taken."""
    calls: int = 0
    error: Exception | None = None

    @property
    def stood_still(self) -> bool:
        return self.host.still_until > self.started


@dataclass(eq=False)
class UpstreamCall:
    work: Work
    number: int
    began: float
    token: str | None
