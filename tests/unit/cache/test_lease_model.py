"""A model of leases: whatever holders do, and whenever, no stale write and no two holders store."""

import boto3
from aws_lambda_powertools import Logger
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
    run_state_machine_as_test,
)

from image_search.aws.table import Table
from image_search.cache.answer import Answer
from image_search.cache.store import (
    LEASE_SECONDS,
    Entry,
    LeaseGranted,
    LeaseHeld,
    ResponseCache,
    StoreResult,
)
from wire import TABLE

TTL = 60
STALE = 600


class Leases(RuleBasedStateMachine):
    """Any number of sandboxes, each step of theirs on its own, on one table and one clock.

    The model knows who took the lease last, whether it is given up, and what was stored last.
    """

    holders = Bundle("holders")

    def __init__(self, dynamodb):
        super().__init__()
        self.dynamodb = dynamodb
        self.milliseconds = 1_000_000
        logger = Logger(service="image-search-proxy")
        table = Table(dynamodb, TABLE, logger, lambda: self.now)
        self.cache = ResponseCache(table, STALE, logger)
        self.last = None
        self.held_until = 0.0
        self.stored = None
        self.stores_by_token = {}

    @property
    def now(self):
        return self.milliseconds / 1000

    def teardown(self):
        self.dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "k"}})

    @rule(target=holders, renew=st.booleans())
    def acquire(self, renew):
        self.milliseconds += 1
        lease = self.cache.acquire("k", renew=renew)
        fresh = self.stored is not None and self.stored.freshness(int(self.now)) > 0
        free = self.now > self.held_until and (renew or not fresh)
        assert isinstance(lease, LeaseGranted if free else LeaseHeld)
        if not isinstance(lease, LeaseGranted):
            return None
        assert self.last is None or lease.token > self.last
        self.last, self.held_until = lease.token, self.now + LEASE_SECONDS
        return lease.token

    @rule(seconds=st.sampled_from([0.01, 1, LEASE_SECONDS, LEASE_SECONDS + 0.01, TTL, TTL + STALE]))
    def time_passes(self, seconds):
        self.milliseconds += round(seconds * 1000)

    @rule(token=holders)
    def renew(self, token):
        if token is None:
            return
        renewed = self.cache.renew("k", token)
        assert renewed == (token == self.last)
        if renewed:
            self.held_until = self.now + LEASE_SECONDS

    @rule(token=consumes(holders), failed=st.booleans())
    def give_up(self, token, failed):
        if token is None:
            return
        released = self.cache.release("k", token, {"status": 502} if failed else None)
        assert released == (token == self.last)
        if released:
            self.held_until = 0.0

    @rule(token=consumes(holders))
    def store(self, token):
        if token is None:
            return
        answer = Answer.from_json(str(token).encode(), int(self.now), TTL)
        result = self.cache.store("k", token, answer)
        assert (result is StoreResult.STORED) == (token == self.last)
        if result is StoreResult.STORED:
            self.stored, self.last, self.held_until = answer, token, 0.0
            self.stores_by_token[token] = self.stores_by_token.get(token, 0) + 1
            self.last = None

    @invariant()
    def what_is_read_is_what_the_last_rightful_holder_stored(self):
        entry = self.cache.read("k", consistent=True)
        assert isinstance(entry, Entry)
        assert entry.answer == self.stored

    @invariant()
    def nobody_stores_twice(self):
        assert all(count == 1 for count in self.stores_by_token.values())


def test_leases_are_held_by_one_at_a_time_and_fence_what_is_stored(aws):
    dynamodb = boto3.client("dynamodb")
    run_state_machine_as_test(
        lambda: Leases(dynamodb),  # type: ignore[arg-type]
        settings=settings(
            max_examples=40,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
            phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a step is too slow to shrink
        ),
    )
