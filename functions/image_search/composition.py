"""The one place where the parts are put together."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from botocore.config import Config

from image_search import aws
from image_search.budgets import Budgets
from image_search.cache import ResponseCache
from image_search.cache_policy import CachePolicy
from image_search.circuit_breaker import CircuitBreaker
from image_search.collapsed_forwarding import CollapsedForwarding
from image_search.counters import Counters
from image_search.credentials import CredentialsStore
from image_search.fuse import Fuse
from image_search.logs import build_logger
from image_search.object_store import ObjectStore
from image_search.prepare import Preparation
from image_search.refresh_order import RefreshQueue
from image_search.routes import Routes
from image_search.search import ImageSearch
from image_search.settings import Settings
from image_search.table_health import TableHealth
from image_search.upstream import ImageSearchUpstream

if TYPE_CHECKING:
    import httpx
    from aws_lambda_powertools import Logger


def _timeouts(connect: float, read: float) -> Config:
    """Seconds; botocore's own default is 60 for each."""
    return Config(
        connect_timeout=connect,
        read_timeout=read,
        retries={"mode": "standard", "total_max_attempts": 2},
    )


# A sick cache must cost less than the search it would have saved. The name spares botocore to put
# one together, of a dozen parts, twice for each call.
_CACHE = _timeouts(connect=0.5, read=1).merge(Config(user_agent="image-search-proxy"))
_STORAGE = _timeouts(connect=1, read=5)
# An answer at hand waits for it.
_QUEUE = _timeouts(connect=0.5, read=1)
# Upload forms name the bucket's own region, as S3 redirects no POST, and are signed for any region.
_UPLOADS = _STORAGE.merge(Config(s3={"addressing_style": "virtual"}, signature_version="s3v4"))


def build(settings: Settings, transport: httpx.BaseTransport | None = None) -> Routes:
    """The API. ``transport``: stands in for the network in tests."""
    core = build_core(settings, transport)
    store = build_store(settings, settings.uploads_bucket)
    return Routes(core.search, store, core.budgets, core.credentials, settings, core.logger)


def build_store(settings: Settings, uploads_bucket: str) -> ObjectStore:
    # Created on first use, here and below: most hits need neither.
    s3 = lru_cache(maxsize=1)(partial(aws.client, "s3", config=_UPLOADS))
    return ObjectStore(s3, uploads_bucket, settings.allowed_buckets, settings.max_image_bytes)


@dataclass(frozen=True)
class Core:
    """What the API and the prefetch share; ``logger`` knows which secrets to leave out."""

    search: ImageSearch
    budgets: Budgets
    credentials: CredentialsStore
    logger: Logger


def build_core(settings: Settings, transport: httpx.BaseTransport | None = None) -> Core:
    """The use case on its table, its secret and its upstream."""
    secrets_manager = lru_cache(maxsize=1)(partial(aws.client, "secretsmanager", config=_STORAGE))
    logger = build_logger(lambda: credentials.known)
    credentials = CredentialsStore(secrets_manager, settings.credentials_secret_arn, logger)
    dynamodb = aws.client("dynamodb", config=_CACHE)
    upstream = ImageSearchUpstream(
        settings.upstream_url, settings.client_id, settings.upstream_timeout_seconds, transport
    )
    health = TableHealth(time.time)
    cache = ResponseCache(
        dynamodb, settings.cache_table, settings.stale_if_error_seconds, health, logger, time.time
    )
    counters = Counters(dynamodb, settings.cache_table, health, logger)
    budgets = Budgets(
        counters,
        settings.searches_per_minute,
        settings.searches_per_day,
        credentials,
        time.time,
    )
    search = ImageSearch(
        cache=cache,
        forwarding=CollapsedForwarding(cache),
        upstream=upstream,
        breaker=CircuitBreaker(dynamodb, settings.cache_table, health, logger, time.time),
        credentials=credentials,
        budgets=budgets,
        fuse=Fuse(counters, settings.upstream_calls_per_day, time.time),
        preparation=Preparation(
            max_pixels=settings.max_image_pixels,
            max_frames=settings.max_image_frames,
            max_side=settings.max_image_side,
            shrink=settings.shrink_large_images,
        ),
        policy=CachePolicy(
            settings.cache_scope,
            settings.cache_ttl_seconds,
            settings.stale_if_error_seconds,
            settings.cache_epoch,
        ),
        refresh_queue=_refresh_queue(settings, logger),
    )
    return Core(search, budgets, credentials, logger)


def _refresh_queue(settings: Settings, logger: Logger) -> RefreshQueue | None:
    if not settings.refresh_function:
        return None
    lambda_ = lru_cache(maxsize=1)(partial(aws.client, "lambda", config=_QUEUE))
    return RefreshQueue(lambda_, settings.refresh_function, logger)
