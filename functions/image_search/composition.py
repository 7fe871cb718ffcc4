"""The one place where the core's parts are put together."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from image_search.aws import clients
from image_search.aws.async_invocation import AsyncInvocation
from image_search.aws.json_client.connections import Timeouts
from image_search.aws.table import Table
from image_search.cache.collapsed_forwarding import CollapsedForwarding
from image_search.cache.key import outcome_key
from image_search.cache.lease import Leases
from image_search.cache.policy import CachePolicy
from image_search.cache.store import ResponseCache
from image_search.credentials.store import CredentialsStore
from image_search.images.decoder import Decoder
from image_search.images.memory import MemoryBudget
from image_search.images.normalize import Bounds, Normalizer
from image_search.limits.caller_quota import CallerQuota
from image_search.limits.counters import Counters
from image_search.limits.daily_cap import DailyCap
from image_search.search.cached_answers import CachedAnswers
from image_search.search.control_item import ControlItem
from image_search.search.guarded_upstream import GuardedUpstream
from image_search.search.image_search import ImageSearch
from image_search.search.refresh_ahead import RefreshAhead
from image_search.search.refresh_message import RefreshQueue
from image_search.settings import Settings
from image_search.telemetry.logger import build_logger
from image_search.uploads.bucket import ImageBucket
from image_search.uploads.outcomes import Outcomes
from image_search.uploads.tickets import Tickets
from image_search.upstream.circuit_breaker import CircuitBreaker
from image_search.upstream.client import UpstreamClient

if TYPE_CHECKING:
    import httpx
    from aws_lambda_powertools import Logger


# Short time-outs: when DynamoDB is slow, go upstream, which takes about 0.8 s.
_CACHE = Timeouts(connect=0.5, read=1)
_STORAGE = Timeouts(connect=1, read=5)
# An answer at hand waits for it.
_ASYNC_INVOCATION = Timeouts(connect=0.5, read=1)


@dataclass(frozen=True)
class Core:
    """What the API and the prefetch share; ``logger`` knows which secrets to leave out."""

    search: ImageSearch
    caller_quota: CallerQuota
    credentials: CredentialsStore
    tickets: Tickets
    outcomes: Outcomes
    logger: Logger


def build_core(settings: Settings, transport: httpx.BaseTransport | None = None) -> Core:
    """``transport``: stands in for the network between here and upstream in tests."""
    # Created on first use, as the clients of S3 and Lambda: most hits need none of them.
    secrets_manager = lru_cache(maxsize=1)(partial(clients.secrets_manager, _STORAGE))
    logger = build_logger(lambda: credentials.known)
    credentials = CredentialsStore(secrets_manager, settings.credentials_secret_arn, logger)
    dynamodb = clients.dynamodb(_CACHE)
    table = Table(dynamodb, settings.cache_table, logger, time.time)
    counters = Counters(table)
    control = ControlItem(table, logger)
    caller_quota = CallerQuota(
        counters,
        settings.searches_per_minute,
        settings.searches_per_day,
        credentials,
        time.time,
        (settings.server_searches_per_minute, settings.server_searches_per_day),
    )
    upstream = GuardedUpstream(
        UpstreamClient(
            settings.upstream_url, settings.client_id, settings.upstream_timeout_seconds, transport
        ),
        CircuitBreaker(table, logger),
        DailyCap(
            counters,
            lambda: control.latest.calls_per_day or settings.upstream_calls_per_day,
            time.time,
        ),
        credentials,
        control,
    )
    tickets = Tickets(table)
    outcomes = Outcomes(table, lambda sha256: outcome_key(credentials.get(), sha256))
    queue = _refresh_queue(settings, tickets, logger)
    search = _build_search(settings, table, control, upstream, caller_quota, queue, logger)
    return Core(search, caller_quota, credentials, tickets, outcomes, logger)


def build_normalizer(settings: Settings) -> Normalizer:
    memory = MemoryBudget(settings.aws_lambda_function_memory_size, settings.max_image_bytes)
    bounds = Bounds(settings.max_image_pixels, settings.max_image_frames, settings.max_image_side)
    decoder = Decoder(memory.decoder_bytes)
    return Normalizer(bounds, memory, decoder, shrink=settings.shrink_large_images)


def build_bucket(settings: Settings, uploads_bucket: str) -> ImageBucket:
    s3 = lru_cache(maxsize=1)(partial(clients.s3, _STORAGE))
    return ImageBucket(
        s3,
        uploads_bucket,
        settings.allowed_buckets,
        settings.max_image_bytes,
        keeps_searched=not settings.delete_searched_uploads,
    )


def _build_search(
    settings: Settings,
    table: Table,
    control: ControlItem,
    upstream: GuardedUpstream,
    caller_quota: CallerQuota,
    refresh_queue: RefreshQueue | None,
    logger: Logger,
) -> ImageSearch:
    policy = CachePolicy(
        settings.cache_scope,
        settings.cache_ttl_seconds,
        settings.stale_if_error_seconds,
        settings.cache_generation,
    )
    cache = ResponseCache(table, settings.stale_if_error_seconds, logger)
    forwarding = CollapsedForwarding(cache, Leases(table))
    return ImageSearch(
        answers=CachedAnswers(cache, forwarding, policy, control, time.time),
        upstream=upstream,
        caller_quota=caller_quota,
        normalizer=build_normalizer(settings),
        refresh_ahead=RefreshAhead(
            forwarding,
            upstream,
            policy,
            refresh_queue,
            time.time,
        ),
    )


def _refresh_queue(settings: Settings, tickets: Tickets, logger: Logger) -> RefreshQueue | None:
    if not settings.refresh_function:
        return None
    lambda_ = lru_cache(maxsize=1)(partial(clients.client, "lambda", _ASYNC_INVOCATION))
    invocation = AsyncInvocation(lambda_, settings.refresh_function, logger)
    return RefreshQueue(tickets, invocation)
