"""A model of tickets: whatever is posted, delivered, lost and when, a form buys one search at most.

Each step is another sandbox's, with a clock of its own that is up to five minutes off.
"""

from aws_lambda_powertools import Logger
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    multiple,
    rule,
)

from clock import Clock
from image_search.aws import clients
from image_search.aws.json_client.connections import Timeouts
from image_search.aws.table import Table
from image_search.uploads.tickets import TICKET_SECONDS, NoTicket, Ticket, Tickets
from machines import run_machine
from metering.in_process import at_moto
from wire import TABLE

LOST = 500, b'{"__type": "InternalServerError"}'
THROTTLED = 400, b'{"__type": "ThrottlingException"}'
IMAGES = ("a" * 64, "b" * 64)

images = st.sampled_from(IMAGES)
clocks_off = st.integers(-300, 300)
# What happens to a call and to its second try: the reply is lost, or DynamoDB takes nothing.
faults = st.sampled_from(
    [[], [], [], ["lost"], ["throttled"], ["lost", "lost"], ["throttled", "throttled"]]
)


class Posting(RuleBasedStateMachine):
    """Knows what lies in the table, and how many searches each form has started."""

    forms = Bundle("forms")

    def __init__(self, dynamodb):
        super().__init__()
        self.dynamodb = dynamodb
        self.clock = Clock(100_000)
        self.there = {}
        self.searches = {}

    def teardown(self):
        for name in self.searches:
            self.delete(name)

    def delete(self, name):
        self.dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": f"ticket#{name}"}})

    def sandbox(self, off):
        clock = Clock(self.clock.seconds + off)
        return Tickets(Table(self.dynamodb, TABLE, Logger(service="image-search-proxy"), clock))

    @rule(target=forms, image=images, off=clocks_off, fault=faults)
    def hand_out(self, image, off, fault):
        ticket = Ticket(image, f"us={len(self.searches)}", "203.0.113.9", "Shop/7.1")
        with failing(fault):
            name = self.sandbox(off).write(ticket)
        assert (name is None) == (len(fault) == 2)
        if name is None:
            return multiple()
        self.there[name] = ticket, int(self.clock.seconds) + off + TICKET_SECONDS
        self.searches[name] = 0
        return name

    @rule(name=forms, image=images, off=clocks_off, fault=faults, crashes=st.booleans())
    def post(self, name, image, off, fault, crashes):
        """Or its event is delivered once more. ``crashes``: after the ticket is taken."""
        with failing(fault):
            taken = self.sandbox(off).take(name, image)
        assert taken == self.expected(name, image, int(self.clock.seconds) + off, fault)
        if isinstance(taken, Ticket) and not crashes:
            self.searches[name] += 1

    def expected(self, name, image, now, fault):
        if fault == ["throttled", "throttled"]:
            return NoTicket.TABLE_FAILED
        ticket, expires_at = self.there.get(name, (None, now))
        valid = ticket is not None and expires_at > now and ticket.sha256 == image
        if valid:
            del self.there[name]
        if fault == ["lost", "lost"]:
            return NoTicket.TABLE_FAILED
        if valid:
            return ticket if fault != ["lost"] else NoTicket.USED
        if ticket is None:
            return NoTicket.USED
        return NoTicket.EXPIRED if expires_at <= now else NoTicket.ANOTHER_IMAGE

    @rule(seconds=st.integers(1, 400))
    def wait(self, seconds):
        self.clock.forward(seconds)

    @rule(name=forms)
    def dynamodb_deletes_what_has_expired(self, name):
        if name in self.there and self.there[name][1] <= self.clock.seconds:
            self.delete(name)
            del self.there[name]

    @invariant()
    def a_form_buys_one_search_at_most(self):
        assert all(count <= 1 for count in self.searches.values())


class failing:  # noqa: N801 - reads as what it does
    """The next calls meet these faults, one each."""

    def __init__(self, faults):
        self.faults = list(faults)
        self.context = at_moto(self.send)

    def __enter__(self):
        self.context.__enter__()

    def __exit__(self, *error):
        self.context.__exit__(*error)

    def send(self, operation, request, stored, forward):
        fault = self.faults.pop(0) if self.faults else None
        if fault == "throttled":
            return THROTTLED
        reply = forward()
        return LOST if fault == "lost" else reply


def test_never_more_searches_than_forms(aws, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _: None)  # the client's, before its second try
    dynamodb = clients.dynamodb(Timeouts(connect=0.5, read=1))
    run_machine(lambda: Posting(dynamodb), examples=30, steps=30)
