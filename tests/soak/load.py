"""Steady load: many phones, few popular photos, and a long tail of new ones."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from resilience.conftest import Crowd, Timed, new_segment

PHONES = 6
PAUSE_SECONDS = 0.35
"""Of each phone, on average."""
POPULAR = 150
NEW_SHARE = 0.15


@dataclass
class Tally:
    """What came back. ``failures``: status, code and moment of each answer but 200."""

    cache_statuses: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[int, str, float]] = field(default_factory=list)
    wrong: int = 0
    seconds: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def requests(self) -> int:
        return len(self.seconds)

    def add(self, found: Timed, products: int) -> None:
        with self.lock:
            self.seconds.append(found.seconds)
            if found.response.status_code != 200:
                failure = (found.response.status_code, _code(found), time.monotonic())
                self.failures.append(failure)
                return
            self.cache_statuses[_kind(found.cache_status)] += 1
            total = found.response.json()["response"]["total_num_results"]
            self.wrong += total != products


class Load:
    """Runs in threads of its own from ``start`` to ``stop``."""

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._products = crowd.search(new_segment()).response.json()["response"][
            "total_num_results"
        ]
        self._popular = [new_segment() for _ in range(POPULAR)]
        self._done = threading.Event()
        self._phones = [threading.Thread(target=self._search) for _ in range(PHONES)]
        self.tally = Tally()

    def start(self) -> None:
        for phone in self._phones:
            phone.start()

    def stop(self) -> None:
        self._done.set()
        for phone in self._phones:
            phone.join()

    def _search(self) -> None:
        chance = random.Random()
        while not self._done.wait(chance.uniform(0, 2 * PAUSE_SECONDS)):
            self.tally.add(self._crowd.search(self._segment(chance)), self._products)

    def _segment(self, chance: random.Random) -> str:
        """The popular ones by Zipf's law."""
        if chance.random() < NEW_SHARE:
            return new_segment()
        rank = int(POPULAR ** chance.random()) - 1
        return self._popular[rank]


def _code(found: Timed) -> str:
    """The proxy's own; empty when the answer is not the proxy's."""
    try:
        return str(found.response.json()["errors"][0]["code"])
    except (json.JSONDecodeError, KeyError, TypeError):
        return ""


def _kind(cache_status: str) -> str:
    """The header without its seconds."""
    return "; ".join(part for part in cache_status.split("; ")[1:] if not part.startswith("ttl="))
