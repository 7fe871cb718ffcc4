"""A clock that tests set."""

from __future__ import annotations


class Clock:
    """Seconds since the epoch, as ``time.time`` tells them; they pass when told to."""

    def __init__(self, seconds: float = 1_000.0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds

    def forward(self, seconds: float) -> None:
        self.seconds += seconds
