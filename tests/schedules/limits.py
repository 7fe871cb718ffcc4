"""The limits of a schedule's deployment."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """``cap``: upstream calls a day; ``per_minute`` and ``per_day``: a caller's quota."""

    cap: int
    per_minute: int
    per_day: int
