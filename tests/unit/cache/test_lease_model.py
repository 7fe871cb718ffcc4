"""A model of leases and stores: whatever sandboxes do, and whenever, and whatever gets lost.

Any number of sandboxes take each step on their own, on one table. Their clocks do not matter, as
no time of another is compared: a holder is taken for dead by what is seen of its lease.
"""

import boto3
from aws_lambda_powertools import Logger
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
)

from clock import Clock
from image_search.aws.table import Table
from image_search.cache.answer import Answer
from image_search.cache.lease import Lease, LeaseGranted, LeaseHeld, Leases
from image_search.cache.store import Entry, ResponseCache, StoreResult
from machines import run_machine
from wire import TABLE


class Leasing(RuleBasedStateMachine):
    """Knows who holds the lease, and what was stored last."""

    holders = Bundle("holders")
    sightings = Bundle("sightings")

    def __init__(self, dynamodb):
        super().__init__()
        self.dynamodb = dynamodb
        logger = Logger(service="image-search-proxy")
        table = Table(dynamodb, TABLE, logger, Clock())
        self.leases = Leases(table)
        self.cache = ResponseCache(table, 600, logger)
        self.holder = None
        self.handed_over = False
        self.stored = Entry()
        self.number = 0

    def teardown(self):
        for key in ("k", "k#lease"):
            self.dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": key}})

    def granted(self, grant):
        """A holder reads the answer before it searches; the read is what fences its store."""
        if not isinstance(grant, LeaseGranted):
            return multiple()
        self.holder = grant.token
        return grant.token, self.cache.read("k", consistent=True)

    @rule(target=holders)
    def acquire(self):
        grant = self.leases.acquire("k")
        assert isinstance(grant, LeaseHeld if self.holder else LeaseGranted)
        return self.granted(grant)

    @rule(target=holders, seen=sightings, hand_over=st.booleans())
    def acquire_as_seen(self, seen, hand_over):
        now = self.lease()
        grant = self.leases.acquire_as_seen("k", seen, handed_over=hand_over)
        may = now.is_free and now.token in ("", seen.token)
        assert isinstance(grant, LeaseGranted if may else LeaseHeld)
        if may:
            self.handed_over = hand_over
        return self.granted(grant)

    @rule(target=sightings)
    def look(self):
        return self.leases.read("k")

    @rule(target=holders, seen=sightings)
    def take_over(self, seen):
        now = self.lease()
        grant = self.leases.take_over("k", seen)
        unchanged = bool(seen.token) and (seen.token, seen.beat) == (now.token, now.beat)
        may = unchanged and not now.ended
        assert isinstance(grant, LeaseGranted if may else LeaseHeld)
        if may:
            self.handed_over = False
        return self.granted(grant)

    @rule(target=holders, holder=holders)
    def adopt(self, holder):
        grant = self.leases.adopt("k", holder[0])
        may = self.handed_over and holder[0] == self.holder
        assert isinstance(grant, LeaseGranted if may else LeaseHeld)
        if may:
            self.handed_over = False
        return self.granted(grant)

    @rule(holder=holders)
    def sign_of_life(self, holder):
        assert self.leases.renew("k", holder[0]) == (holder[0] == self.holder)

    @rule(holder=consumes(holders))
    def die(self, holder):
        """It is never heard of again."""

    @rule(holder=consumes(holders), failed=st.booleans())
    def give_up(self, holder, failed):
        failure = {"status": 502, "code": "x", "headers": {}, "body": {}} if failed else None
        self.leases.end("k", holder[0], failure=failure)
        self.ended(holder)

    @rule(holder=consumes(holders))
    def store_and_end(self, holder):
        token, read = holder
        self.number += 1
        answer = Answer.from_json(str(self.number).encode(), 1_000, 60)
        result = self.cache.store("k", answer, read)
        assert (result.result is StoreResult.STORED) == (read.rev == self.stored.rev)
        if result.result is StoreResult.STORED:
            self.stored = Entry(answer, result.rev)
        self.leases.end("k", token, version=result.rev)
        self.ended(holder)

    def ended(self, holder):
        if holder[0] == self.holder:
            self.holder, self.handed_over = None, False

    @invariant()
    def what_is_read_is_what_was_stored_over_what_its_holder_had_read(self):
        assert self.cache.read("k", consistent=True) == self.stored

    @invariant()
    def the_lease_is_free_exactly_when_it_has_no_holder(self):
        assert self.lease().is_free == (self.holder is None)

    def lease(self):
        seen = self.leases.read("k")
        assert isinstance(seen, Lease)
        return seen


def test_at_most_one_holds_the_lease_and_no_store_undoes_another(aws):
    dynamodb = boto3.client("dynamodb")
    run_machine(lambda: Leasing(dynamodb), examples=20, steps=25)
