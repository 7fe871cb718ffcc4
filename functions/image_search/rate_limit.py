"""What a caller may still ask for, as responses say it in their RateLimit fields."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """At most ``limit`` in each window of ``seconds``; windows begin at multiples of it."""

    name: str
    limit: int
    seconds: int

    def window(self, now: float) -> tuple[int, int]:
        """The current window's start and end, in epoch seconds."""
        start = int(now) // self.seconds * self.seconds
        return start, start + self.seconds

    def name_of_window(self, whose: str, now: float) -> str:
        return f"{whose}#{self.name}#{self.window(now)[0]}"


@dataclass(frozen=True)
class RateLimit:
    """What is left of the tighter quota, and for how many seconds. ``quotas``: all that apply.

    The fields are those of draft-ietf-httpapi-ratelimit-headers.
    """

    quotas: tuple[Quota, ...]
    quota: Quota
    remaining: int
    reset: int

    def policy_field(self) -> str:
        """The value of ``RateLimit-Policy``."""
        return ", ".join(f'"{each.name}";q={each.limit};w={each.seconds}' for each in self.quotas)

    def field(self) -> str:
        """The value of ``RateLimit``."""
        return f'"{self.quota.name}";r={self.remaining};t={self.reset}'
