"""Ten minutes without upstream, and its return, in simulated time."""

import hashlib
import random
from collections import Counter
from dataclasses import dataclass, field

import boto3
import httpx
import pytest
from aws_lambda_powertools import Logger
from pydantic import SecretStr

from clock import Clock
from image_search.budgets import Budgets
from image_search.cache import ResponseCache
from image_search.cache_control import RequestCacheControl
from image_search.cache_policy import CachePolicy
from image_search.cache_status import CacheStatus, Forwarded
from image_search.caller import Caller
from image_search.circuit_breaker import OPEN_SECONDS, THRESHOLD, CircuitBreaker
from image_search.collapsed_forwarding import CollapsedForwarding
from image_search.counters import Counters
from image_search.credentials import CredentialsStore
from image_search.deadline import Deadline
from image_search.errors import UpstreamError
from image_search.fuse import Fuse
from image_search.images import Image
from image_search.observations import Observations
from image_search.parameters import SearchParameters
from image_search.prepare import Preparation
from image_search.search import ImageSearch
from image_search.search_request import SearchRequest
from image_search.settings import CacheScope
from image_search.shopper import Shopper
from image_search.table_health import TableHealth
from image_search.upstream import ImageSearchUpstream
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
            Shopper("203.0.113.9", ""),
            Caller(SecretStr("ip:203.0.113.9")),
            Deadline.after(25),
            RequestCacheControl(),
            Observations(),
        )
        try:
            return self.search.search(request).cache_status
        except UpstreamError as error:
            return error.status, error.code


@pytest.fixture
def shop(aws, environment, upstream):
    clock = Clock(1_000_000.0)
    logger = Logger(service="image-search-proxy", level="ERROR")
    table = RememberedTable(boto3.client("dynamodb"))
    health = TableHealth(clock)
    cache = ResponseCache(table, TABLE, 86400, health, logger, clock)
    credentials = CredentialsStore(
        lambda: boto3.client("secretsmanager"),
        environment["CREDENTIALS_SECRET_ARN"],
        logger,
        clock,
    )
    counters = Counters(table, TABLE, health, logger)
    search = ImageSearch(
        cache=cache,
        forwarding=CollapsedForwarding(cache, clock, clock.forward),
        upstream=ImageSearchUpstream(
            environment["UPSTREAM_URL"],
            environment["CLIENT_ID"],
            20,
            httpx.MockTransport(upstream),
            clock.forward,
        ),
        breaker=CircuitBreaker(table, TABLE, health, logger, clock),
        credentials=credentials,
        budgets=Budgets(counters, 1_000_000, 1_000_000, credentials, clock),
        fuse=Fuse(counters, 1_000_000, clock),
        preparation=Preparation(max_pixels=10_000, max_frames=1, max_side=2048),
        policy=CachePolicy(CacheScope.SHARED, LIFETIME_SECONDS, 86400),
        clock=clock,
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
    repeats, firsts = Counter(), Counter()
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
    upstream.answers(200, json=ANSWER)
    assert isinstance(shop.ask("newer"), CacheStatus)
