"""Waits for what a test wants to see; a slow machine may take its time."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_SECONDS = 90.0


def wait_until(happened: Callable[[], bool], pause: float = 0.05) -> None:
    """Ends as soon as it has happened, and fails when that takes too long on any machine."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < end, f"it did not happen within {PATIENCE_SECONDS:.0f} s"
        time.sleep(pause)
