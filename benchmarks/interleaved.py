"""Variants of the same work, in turns, so that a busy machine is busy for all of them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any


def cpu_seconds(variants: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """The median of each variant's CPU time; every variant has run once before."""
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for work in variants.values():
        work()
    for _ in range(rounds):
        for name, work in variants.items():
            gc.collect()
            started = time.process_time()
            work()
            taken[name].append(time.process_time() - started)
    return {name: statistics.median(times) for name, times in taken.items()}
