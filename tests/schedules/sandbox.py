"""A sandbox's parts, put together as in `image_search.composition`, but on virtual clocks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import httpx

from image_search.aws.async_invocation import AsyncInvocation
from image_search.aws.table import Table
from image_search.cache.collapsed_forwarding import RENEW_SECONDS, CollapsedForwarding
from image_search.cache.lease import Leases
from image_search.cache.policy import CachePolicy
from image_search.cache.store import ResponseCache
from image_search.credentials.store import CredentialsStore
from image_search.errors import CircuitOpen, DailyCapExceeded, RateLimited
from image_search.images.decoder import Decoder
from image_search.images.memory import MemoryBudget
from image_search.images.normalize import Bounds, Normalizer
from image_search.limits.caller import Caller
from image_search.limits.caller_quota import CallerQuota
from image_search.limits.counters import Counters
from image_search.limits.daily_cap import DailyCap
from image_search.rate_limit import RateLimit
from image_search.search.cached_answers import CachedAnswers
from image_search.search.control_item import ControlItem
from image_search.search.guarded_upstream import GuardedUpstream
from image_search.search.image_search import ImageSearch
from image_search.search.refresh_ahead import RefreshAhead
from image_search.search.refresh_message import RefreshQueue
from image_search.settings import CacheScope
from image_search.uploads.tickets import Tickets
from image_search.upstream.circuit_breaker import CircuitBreaker
from image_search.upstream.client import UpstreamClient
from schedules.limits import Limits
from schedules.observer import Observer
from schedules.world import VirtualHeartbeat, World
from wire import INDEX_KEY, TOKEN


class Silent:
    """A logger that writes nothing."""

    def info(self, *_: object, **__: object) -> None:
        """As a logger's."""

    warning = info


@dataclass(frozen=True)
class _SecretsManager:
    """Knows the one secret."""

    def get_secret_value(self, **_: str) -> dict[str, str]:
        return {"SecretString": json.dumps({"key": INDEX_KEY, "token": TOKEN})}


@dataclass(frozen=True)
class Lambda:
    """Takes asynchronous invocations. ``deliver``: brings a payload to the prefetch function."""

    world: World
    deliver: Callable[[str], None]

    def invoke(self, **call: Any) -> None:
        self.world.sleep(0.02)
        self.deliver(call["Payload"])


class WatchedBreaker(CircuitBreaker):
    """Reports each refusal at the moment it is made."""

    def __init__(self, table: Table, observer: Observer) -> None:
        super().__init__(table, cast(Any, Silent()))
        self._observer = observer

    def _refuse_if_open(self, circuit: Any) -> None:
        try:
            super()._refuse_if_open(circuit)
        except CircuitOpen:
            self._observer.refused_by_circuit()
            raise


class WatchedCap(DailyCap):
    def __init__(self, counters: Counters, cap: int, world: World, observer: Observer) -> None:
        super().__init__(counters, lambda: cap, world.time)
        self._observer = observer

    def consume(self) -> None:
        try:
            super().consume()
        except DailyCapExceeded as error:
            self._observer.refused_by_cap(error)
            raise


class WatchedQuota(CallerQuota):
    def __init__(
        self,
        counters: Counters,
        limits: Limits,
        credentials: CredentialsStore,
        world: World,
        observer: Observer,
    ) -> None:
        super().__init__(counters, limits.per_minute, limits.per_day, credentials, world.time)
        self._observer = observer

    def consume(self, caller: Caller) -> RateLimit | None:
        try:
            return super().consume(caller)
        except RateLimited:
            self._observer.refused_by_quota(caller.pseudonym(self._credentials.get().key))
            raise


@dataclass(frozen=True)
class Surroundings:
    """What all sandboxes of a schedule have in common."""

    world: World
    observer: Observer
    dynamodb: Any
    upstream: httpx.BaseTransport
    policy: CachePolicy
    limits: Limits
    lambda_: Lambda


def credentials_store() -> CredentialsStore:
    return CredentialsStore(cast(Any, _SecretsManager), "secret", cast(Any, Silent()))


@dataclass(frozen=True)
class Sandbox:
    """All that a new one has in memory."""

    search: ImageSearch
    tickets: Tickets


def build(around: Surroundings) -> Sandbox:
    world, observer, logger = around.world, around.observer, cast(Any, Silent())
    credentials = credentials_store()
    table = Table(around.dynamodb, "cache", logger, world.time)
    counters = Counters(table)
    control = ControlItem(table, logger)
    quota = WatchedQuota(counters, around.limits, credentials, world, observer)
    client = UpstreamClient(
        "https://image-search.test", "cio-be-lambda-acme", 20, around.upstream, world.sleep
    )
    upstream = GuardedUpstream(
        client,
        WatchedBreaker(table, observer),
        WatchedCap(counters, around.limits.cap, world, observer),
        credentials,
        control,
    )
    cache = ResponseCache(table, around.policy.stale_seconds, logger, world.sleep)
    forwarding = CollapsedForwarding(
        cache,
        Leases(table),
        world.time,
        world.monotonic,
        world.sleep,
        VirtualHeartbeat(world, RENEW_SECONDS),
    )
    prefetch = AsyncInvocation(lambda: cast(Any, around.lambda_), "prefetch", logger)
    tickets = Tickets(table)
    memory = MemoryBudget(768, 20_000_000)
    search = ImageSearch(
        answers=CachedAnswers(cache, forwarding, around.policy, control, world.time),
        upstream=upstream,
        caller_quota=quota,
        normalizer=Normalizer(Bounds(50_000_000, 500, 2048), memory, Decoder(memory.decoder_bytes)),
        refresh_ahead=RefreshAhead(
            forwarding,
            upstream,
            around.policy,
            RefreshQueue(tickets, prefetch),
            world.time,
        ),
    )
    return Sandbox(search, tickets)


def shared_policy(ttl_seconds: int, stale_seconds: int) -> CachePolicy:
    return CachePolicy(CacheScope.SHARED, ttl_seconds, stale_seconds)
