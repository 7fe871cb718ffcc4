"""What is measured of a request: collected where it happens, logged once at its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from image_search.cache.status import CacheStatus
from image_search.errors import ImageSearchError
from image_search.images.image import Image


@dataclass
class Measurements:
    """Of one request. ``errors``: those met on the way, also where a stale answer excused one.

    Nothing in here identifies an end user: of images there are type and size.
    """

    cache_status: CacheStatus | None = None
    media_type: str | None = None
    image_bytes: int | None = None
    normalize_seconds: float | None = None
    upstream_calls: int = 0
    upstream_seconds: float = 0.0
    upstream_bytes: int = 0
    control_malformed: bool = False
    errors: list[ImageSearchError] = field(default_factory=list)

    def image(self, image: Image) -> None:
        self.media_type, self.image_bytes = image.media_type, len(image.content)

    def failed(self, error: ImageSearchError) -> None:
        """Once, however many on the way see it."""
        if not any(error is seen for seen in self.errors):
            self.errors.append(error)

    @contextmanager
    def normalizing(self) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.normalize_seconds = time.perf_counter() - started

    @contextmanager
    def calling_upstream(self, sent: int) -> Iterator[None]:
        """Counts a call, its time, the bytes of its image, and its error if there is one."""
        started = time.perf_counter()
        self.upstream_calls += 1
        self.upstream_bytes += sent
        try:
            yield
        except ImageSearchError as error:
            self.failed(error)
            raise
        finally:
            self.upstream_seconds += time.perf_counter() - started
