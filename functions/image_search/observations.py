"""What happens on a request's way: collected where it happens, told once at its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from image_search.cache_status import CacheStatus
from image_search.errors import ImageSearchError
from image_search.images import Image


@dataclass
class Observations:
    """Of one request. ``errors``: those met on the way, also where a stale answer excused one.

    Nothing in here identifies a shopper: images are told by their type and size.
    """

    cache_status: CacheStatus | None = None
    media_type: str | None = None
    image_bytes: int | None = None
    prepare_seconds: float | None = None
    upstream_calls: int = 0
    upstream_seconds: float = 0.0
    errors: list[ImageSearchError] = field(default_factory=list)

    def image(self, image: Image) -> None:
        self.media_type, self.image_bytes = image.media_type, len(image.content)

    def failed(self, error: ImageSearchError) -> None:
        """Once, however many on the way see it."""
        if not any(error is seen for seen in self.errors):
            self.errors.append(error)

    @contextmanager
    def preparing(self) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.prepare_seconds = time.perf_counter() - started

    @contextmanager
    def asking_upstream(self) -> Iterator[None]:
        """Counts a call, its time, and its error if there is one."""
        started = time.perf_counter()
        self.upstream_calls += 1
        try:
            yield
        except ImageSearchError as error:
            self.failed(error)
            raise
        finally:
            self.upstream_seconds += time.perf_counter() - started
