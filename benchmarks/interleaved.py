"""Variants of the same work, in turns, so that a busy machine is busy for all of them."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping
from typing import Any


def in_turns(variants: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """What each variant says it took, by round; every one has run once before."""
    for work in variants.values():
        work()
    taken: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, work in variants.items():
            taken[name].append(work())
    return taken


def cpu_milliseconds(work: Callable[[], Any]) -> float:
    gc.collect()
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1e3
