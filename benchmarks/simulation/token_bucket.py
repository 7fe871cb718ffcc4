"""The token bucket, by which AWS bounds rates."""

from __future__ import annotations


class TokenBucket:
    """``rate`` tokens a second, of which at most ``burst`` are kept; full at the start."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._at = 0.0

    def take(self, amount: float, now: float) -> bool:
        """Takes all or nothing."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < amount:
            return False
        self._tokens -= amount
        return True
