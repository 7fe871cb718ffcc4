"""The one place where the parts are put together."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from image_search.composition import build_bucket, build_core
from image_search.settings import Settings
from prefetch.handler import Prefetch

if TYPE_CHECKING:
    import httpx


def build(settings: Settings, transport: httpx.BaseTransport | None = None) -> Prefetch:
    """The search is the API's own, and so is its cache. ``transport``: for tests."""
    core = build_core(settings, transport)
    bucket_of = cache(partial(build_bucket, settings))
    return Prefetch(core.search, bucket_of, core.tickets, core.outcomes, settings, core.logger)
