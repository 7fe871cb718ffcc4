"""What is asked of a deployment, and how it is set up."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How a phone sends its photo."""

    RAW = "raw"
    JSON = "json"
    HASH_FIRST = "hash-first"
    """Asks by the photo's name, and sends the photo only when that is not known."""
    UPLOAD = "upload"
    """Asks by name, and uploads to S3 what is not known."""


class Kind(StrEnum):
    """What is deployed."""

    OURS = "this proxy"
    HANDWRITTEN = "handwritten, with a cache"
    PASS_THROUGH = "handwritten, no cache"


@dataclass(frozen=True)
class Workload:
    """``hits``: the share that is answered from the cache. ``image_bytes``: of a photo as it is
    sent. ``kept_hours``: fresh and stale together. ``vendor_is_outside``: whether bytes to the
    vendor are charged as data out, which they are not when it answers from the same region."""

    hits: float = 0.6
    image_bytes: int = 1_000_000
    memory_mb: int = 768
    upstream_ms: float = 800
    way: Way = Way.RAW
    kind: Kind = Kind.OURS
    kept_hours: float = 25
    vendor_is_outside: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= 1:
            raise ValueError("hits is a share, from 0 to 1")
        if self.kind is not Kind.OURS and self.way not in (Way.RAW, Way.JSON):
            raise ValueError("only this proxy answers by hash and takes uploads")

    @property
    def misses(self) -> float:
        return 1.0 if self.kind is Kind.PASS_THROUGH else 1 - self.hits
