"""Ten minutes without upstream, and its return, in simulated time."""

import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import boto3
import httpx
import pytest
from aws_lambda_powertools import Logger
from pydantic import SecretStr

from clock import Clock
from image_search.aws.table import Table
from image_search.cache.collapsed_forwarding import CollapsedForwarding
from image_search.cache.lease import Leases
from image_search.cache.policy import CachePolicy
from image_search.cache.request_directives import RequestCacheControl
from image_search.cache.status import CacheStatus, Forwarded
from image_search.cache.store import ResponseCache
from image_search.credentials.store import CredentialsStore
from image_search.deadline import Deadline
from image_search.errors import UpstreamError
from image_search.images.decoder import Decoder
from image_search.images.image import Image
from image_search.images.memory import MemoryBudget
from image_search.images.normalize import Bounds, Normalizer
from image_search.limits.caller import Caller
from image_search.limits.caller_quota import CallerQuota
from image_search.limits.counters import Counters
from image_search.limits.daily_cap import ALLOWANCE_SECONDS, DailyCap
from image_search.parameters.search_parameters import SearchParameters
from image_search.search.cached_answers import CachedAnswers
from image_search.search.control_item import ControlItem
from image_search.search.guarded_upstream import GuardedUpstream
from image_search.search.image_search import ImageSearch
from image_search.search.refresh_ahead import RefreshAhead
from image_search.search.request import SearchRequest
from image_search.settings import CacheScope
from image_search.telemetry.measurements import Measurements
from image_search.upstream.circuit_breaker import OPEN_SECONDS, THRESHOLD, CircuitBreaker
from image_search.upstream.client import UpstreamClient
from image_search.upstream.end_user import EndUser
from wire import ANSWER, JPEG, TABLE

OUTAGE_SECONDS = 600
REQUESTS_A_SECOND = 12
KNOWN_IMAGES = 20
REPEATED = 0.7
LIFETIME_SECONDS = 60


class RememberedTable:
    """A DynamoDB client that need not ask again for what it has read and not changed since.

    Moto takes milliseconds for a read, and ten minutes hold thousands of them.
    """

    def __init__(self, client):
        self._client = client
        self._written = set()
        self._read = {}
        self.exceptions = client.exceptions

    def get_item(self, Key, **rest):  # noqa: N803 - as botocore has it
        key = Key["pk"]["S"]
        if key not in self._written:
            return {}
        if key not in self._read:
            self._read[key] = self._client.get_item(Key=Key, **rest)
        return self._read[key]

    def put_item(self, Item, **rest):  # noqa: N803
        self._forget(Item)
        return self._client.put_item(Item=Item, **rest)

    def update_item(self, Key, **rest):  # noqa: N803
        self._forget(Key)
        return self._client.update_item(Key=Key, **rest)

    def delete_item(self, Key, **rest):  # noqa: N803
        self._forget(Key)
        return self._client.delete_item(Key=Key, **rest)

    def _forget(self, item):
        self._written.add(item["pk"]["S"])
        self._read.pop(item["pk"]["S"], None)


@dataclass
class Shop:
    """Searches one after the other; a search that waits moves the clock."""

    search: ImageSearch
    clock: Clock
    loads: list[str] = field(default_factory=list)

    def ask(self, name):
        """The cache's status of an answer, or the status and code of an error."""
        sha256 = hashlib.sha256(name.encode()).hexdigest()

        def load():
            self.loads.append(name)
            return Image(JPEG, "image/jpeg", sha256)

        request = SearchRequest(
            sha256,
            load,
            SearchParameters.parse(""),
            EndUser("203.0.113.9", ""),
            Caller(SecretStr("ip:203.0.113.9")),
            Deadline.after(25),
            RequestCacheControl(),
            Measurements(),
        )
        try:
            return self.search.search(request).cache_status
        except UpstreamError as error:
            return error.status, error.code


@pytest.fixture
def shop(aws, environment, upstream):
    clock = Clock(1_000_000.0)
    logger = Logger(service="image-search-proxy", level="ERROR")
    dynamodb: Any = RememberedTable(boto3.client("dynamodb"))
    table = Table(dynamodb, TABLE, logger, clock)
    cache = ResponseCache(table, 86400, logger)
    credentials = CredentialsStore(
        lambda: boto3.client("secretsmanager"),
        environment["CREDENTIALS_SECRET_ARN"],
        logger,
        clock,
    )
    counters = Counters(table)
    control = ControlItem(table, logger)
    guarded = GuardedUpstream(
        UpstreamClient(
            environment["UPSTREAM_URL"],
            environment["CLIENT_ID"],
            20,
            httpx.MockTransport(upstream),
            clock.forward,
        ),
        CircuitBreaker(table, logger),
        DailyCap(counters, lambda: 1_000_000, clock),
        credentials,
        control,
    )
    policy = CachePolicy(CacheScope.SHARED, LIFETIME_SECONDS, 86400)
    forwarding = CollapsedForwarding(cache, Leases(table), clock, clock, clock.forward)
    memory = MemoryBudget(768, 20_000_000)
    search = ImageSearch(
        answers=CachedAnswers(cache, forwarding, policy, control, clock),
        upstream=guarded,
        caller_quota=CallerQuota(counters, 1_000_000, 1_000_000, credentials, clock),
        normalizer=Normalizer(Bounds(10_000, 1, 2048), memory, Decoder(memory.decoder_bytes)),
        refresh_ahead=RefreshAhead(forwarding, guarded, policy, None, clock),
    )
    return Shop(search, clock)


def test_an_outage_is_survived_at_little_cost_and_overcome_by_itself(shop, upstream):
    for number in range(KNOWN_IMAGES):
        shop.ask(f"known {number}")
        shop.clock.forward(0.01)
    shop.clock.forward(LIFETIME_SECONDS)
    upstream.requests.clear()
    upstream.answers(500)

    chance = random.Random(5)
    repeats: Counter[CacheStatus] = Counter()
    firsts: Counter[tuple[int, str]] = Counter()
    slowest = 0.0
    for number in range(OUTAGE_SECONDS * REQUESTS_A_SECOND):
        asked = shop.clock.seconds
        if chance.random() < REPEATED:
            repeats[shop.ask(f"known {chance.randrange(KNOWN_IMAGES)}")] += 1
        else:
            firsts[shop.ask(f"new {number}")] += 1
        slowest = max(slowest, shop.clock.seconds - asked)
        shop.clock.seconds = asked + 1 / REQUESTS_A_SECOND

    calls, requests = len(upstream.requests), OUTAGE_SECONDS * REQUESTS_A_SECOND
    assert repeats == {CacheStatus(detail="stale-if-error"): repeats.total()}
    assert set(firsts) == {(502, "upstream_error"), (503, "upstream_unavailable")}
    assert firsts[502, "upstream_error"] <= calls <= OUTAGE_SECONDS // OPEN_SECONDS + THRESHOLD
    assert calls < requests / 100
    assert len(shop.loads) == calls + KNOWN_IMAGES  # a refused search does not even read its image
    assert slowest == 0

    upstream.answers(200, json=ANSWER)
    recovered = shop.clock.seconds
    while not isinstance(shop.ask(f"newer {shop.clock.seconds}"), CacheStatus):
        shop.clock.forward(1 / REQUESTS_A_SECOND)
    assert shop.clock.seconds - recovered <= OPEN_SECONDS


def test_a_rejected_secret_does_not_open_the_circuit(shop, upstream):
    upstream.answers(401)
    answers = {shop.ask(f"new {number}") for number in range(2 * THRESHOLD)}
    assert (answers, len(upstream.requests)) == (
        {(502, "upstream_rejected_credentials")},
        2 * THRESHOLD,
    )


def test_a_rejection_ends_a_row_of_failures(shop, upstream):
    failures = [500] * (THRESHOLD - 1)
    for status in (*failures, 401, *failures):
        upstream.answers(status)
        shop.ask(f"new {len(upstream.requests)}")
        shop.clock.forward(0.01)
    upstream.answers(200, json=ANSWER)
    assert shop.ask("known") == CacheStatus(Forwarded.MISS, stored=True)


def test_failures_in_a_row_open_the_circuit(shop, upstream):
    """As the test before this one would have it, were it not for the rejection."""
    upstream.answers(500)
    for number in range(THRESHOLD):
        shop.ask(f"new {number}")
        shop.clock.forward(0.01)
    upstream.answers(200, json=ANSWER)
    assert shop.ask("known") == (503, "upstream_unavailable")


def test_a_table_that_is_refused_costs_no_answer(shop, upstream):
    boto3.client("dynamodb").delete_table(TableName=TABLE)
    upstream.answers(500)
    for number in range(2 * THRESHOLD):
        shop.ask(f"new {number}")
    shop.clock.forward(ALLOWANCE_SECONDS)  # of calls that cannot be counted
    upstream.answers(200, json=ANSWER)
    assert isinstance(shop.ask("newer"), CacheStatus)
