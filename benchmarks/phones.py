"""Phones that search: one after the other for latencies, several at once for throughput."""

from __future__ import annotations

import hashlib
import http.client
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import local
from urllib.parse import urlsplit

PHONES = 6
_SECONDS = 60


@dataclass(frozen=True)
class Target:
    """``url``: where a photo is posted, with the query that this takes."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)
    _thread: local = field(default_factory=local, repr=False)

    def search(self, photo: bytes) -> float:
        """Milliseconds until the answer is there."""
        began = time.perf_counter()
        self._ask("POST", self._target(), photo)
        return (time.perf_counter() - began) * 1e3

    def search_by_hash(self, photo: bytes) -> int:
        """Asks by the photo's name first; how many bytes of it had to be sent."""
        path, _, query = self._target().partition("?")
        name = hashlib.sha256(photo).hexdigest()
        if self._ask("GET", f"{path}/{name}?{query}", None, (200, 404)) == 200:
            return 0
        self.search(photo)
        return len(photo)

    def search_all(self, photos: Sequence[bytes]) -> list[float]:
        with ThreadPoolExecutor(PHONES) as pool:
            return list(pool.map(self.search, photos))

    def _ask(
        self, method: str, path: str, body: bytes | None, expected: Sequence[int] = (200,)
    ) -> int:
        headers = {"Accept-Encoding": "gzip", **self.headers}
        if body is not None:
            headers["Content-Type"] = "image/jpeg"
        connection = self._connection()
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        content = response.read()
        if response.status not in expected:
            raise RuntimeError(f"{self.url} answered {response.status}: {content[:300]!r}")
        return response.status

    def _target(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.path}?{parts.query}"

    def _connection(self) -> http.client.HTTPConnection:
        """One for each thread, kept."""
        if not hasattr(self._thread, "connection"):
            host = urlsplit(self.url).netloc
            self._thread.connection = http.client.HTTPConnection(host, timeout=_SECONDS)
        connection: http.client.HTTPConnection = self._thread.connection
        return connection


def new_photo(sample: bytes, seed: str) -> bytes:
    """The sample under another name: what follows a picture's end is not looked at."""
    return sample + hashlib.sha256(seed.encode()).digest()


def zipf(sample: bytes, count: int, repeats: float, seed: str) -> list[bytes]:
    """So many searches, of which this share is for photos that were searched before, the most
    popular ones most often."""
    chance = random.Random(seed)
    seen = [new_photo(sample, f"{seed}-0")]
    asked = []
    for number in range(count):
        if chance.random() < repeats:
            asked.append(seen[int(len(seen) ** chance.random()) - 1])
        else:
            seen.append(new_photo(sample, f"{seed}-{number + 1}"))
            asked.append(seen[-1])
    return asked
