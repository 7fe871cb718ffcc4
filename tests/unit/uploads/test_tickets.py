"""What a ticket holds, that it is taken once, and what it costs."""

import json
import zlib
from dataclasses import replace

import boto3
import pytest
from aws_lambda_powertools import Logger

from clock import Clock
from image_search.aws import clients
from image_search.aws.json_client.connections import Timeouts
from image_search.aws.table import BACKOFF_SECONDS, Table
from image_search.uploads.tickets import (
    MAX_USER_AGENT_LENGTH,
    TICKET_SECONDS,
    NoTicket,
    Ticket,
    Tickets,
)
from metering.in_process import at_moto
from metering.meter import Throttling
from metering.units import Units
from wire import TABLE

SHA256, OTHER = "a" * 64, "b" * 64
# As long as one comes: an app's own browser on a phone.
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) " + "FBAV/480.0;" * 20
TICKET = Ticket(SHA256, "us=web", "2001:db8:85a3:1111:2222:8a2e:370:7334", AGENT)
RENEWAL = replace(TICKET, s3_uri=f"s3://acme-search-uploads/uploads/{SHA256}", lease="0" * 16)
# What a shop may ask for beside the defaults: 750 characters.
LONG_QUERY = "&".join(
    [f"fmt_options%5Bfields%5D=metadata_field_{n}" for n in range(12)]
    + [f"us=segment-{n}" for n in range(9)]
    + ["variations_map=%7B%22dtype%22%3A%22array%22%2C%22group_by%22%3A%5B%7B%22name%22%7D%5D%7D"]
)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tickets(aws, clock):
    return Tickets(table(clock))


def table(clock):
    dynamodb = clients.dynamodb(Timeouts(connect=0.5, read=1))
    return Table(dynamodb, TABLE, Logger(service="image-search-proxy"), clock)


def items():
    return boto3.client("dynamodb").scan(TableName=TABLE)["Items"]


@pytest.mark.parametrize("ticket", [TICKET, RENEWAL, replace(TICKET, query="")])
@pytest.mark.parametrize("sha256", [None, SHA256])
def test_a_ticket_is_read_as_it_was_written_and_gone(tickets, ticket, sha256):
    assert (tickets.take(tickets.write(ticket), sha256), items()) == (ticket, [])


def test_a_ticket_is_taken_once(tickets):
    name = tickets.write(TICKET)
    assert [tickets.take(name) for _ in range(3)] == [TICKET, NoTicket.USED, NoTicket.USED]


def test_what_expires_is_deleted_by_dynamodb_too(tickets, clock):
    tickets.write(TICKET)
    (item,) = items()
    assert item["expires_at"] == {"N": str(int(clock()) + TICKET_SECONDS)}


@pytest.mark.parametrize(
    ("seconds", "taken"),
    [(TICKET_SECONDS - 1, TICKET), (TICKET_SECONDS, NoTicket.EXPIRED)],
)
def test_a_ticket_expires_whether_dynamodb_deletes_it_or_not(tickets, clock, seconds, taken):
    name = tickets.write(TICKET)
    clock.forward(seconds)
    assert tickets.take(name, SHA256) == taken


def test_the_ticket_of_another_image_is_left(tickets):
    name = tickets.write(TICKET)
    assert [tickets.take(name, OTHER), tickets.take(name, SHA256)] == [
        NoTicket.ANOTHER_IMAGE,
        TICKET,
    ]


@pytest.mark.parametrize("name", ["", "0", "A" * 32, "0" * 33, "0" * 3000, "é" * 32])
def test_what_is_no_id_is_not_looked_for(tickets, metered, name):
    assert (tickets.take(name), metered.charges) == (NoTicket.USED, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": {"S": "a"}},
        {"query": {"B": b"not compressed"}},
        {"query": {"S": "us=web"}},
        {"query": {"B": zlib.compress(b"us=web")[:-1]}},
        {"query": {"B": zlib.compress(bytes(1_000_000))}},
        {"ip": {"N": "1"}},
        {"agent": {"NULL": True}},
    ],
)
def test_an_item_of_another_make_is_no_ticket(tickets, changes):
    name = tickets.write(TICKET)
    (item,) = items()
    boto3.client("dynamodb").put_item(TableName=TABLE, Item=item | changes)
    assert tickets.take(name) == NoTicket.UNREADABLE


def test_a_user_agent_is_bounded(tickets):
    taken = tickets.take(tickets.write(replace(TICKET, user_agent="x" * 1024)))
    assert isinstance(taken, Ticket)
    assert taken.user_agent == "x" * MAX_USER_AGENT_LENGTH


@pytest.mark.parametrize("ticket", [TICKET, RENEWAL])
@pytest.mark.parametrize("query", ["us=web", LONG_QUERY])
def test_a_ticket_costs_two_write_units_in_all(tickets, metered, ticket, query):
    tickets.take(tickets.write(replace(ticket, query=query)), SHA256)
    assert [charge.units for charge in metered.charges] == [Units(write=1), Units(write=1)]


def test_a_longer_query_is_carried_as_well(tickets):
    long = replace(TICKET, query="&".join(f"us=segment-{n}-{n * n}" for n in range(500)))
    assert tickets.take(tickets.write(long)) == long


def test_a_ticket_that_is_used_or_of_another_image_costs_one_unit(tickets, metered):
    name = tickets.write(TICKET)
    metered.reset()
    tickets.take(name, OTHER)
    tickets.take(name)
    tickets.take(name)
    assert metered.total() == Units(write=3)


def test_a_throttled_table_writes_no_ticket_and_takes_none(tickets, metered):
    name = tickets.write(TICKET)
    metered.throttle(Throttling(writes=1))
    assert (tickets.write(TICKET), tickets.take(name)) == (None, NoTicket.TABLE_FAILED)


def test_a_table_that_has_just_failed_is_not_asked(tickets, metered, clock):
    denied = [True]

    def deny(operation, request, stored, forward):
        if denied.pop():
            return 400, json.dumps({"__type": "AccessDeniedException"}).encode()
        raise AssertionError("asked again")

    with at_moto(deny):
        assert [tickets.write(TICKET), tickets.write(TICKET)] == [None, None]
    clock.forward(BACKOFF_SECONDS)
    assert tickets.write(TICKET) is not None


def test_a_ticket_whose_taking_got_no_reply_is_not_taken_again(tickets):
    """The client sends the deletion again, which finds nothing."""
    name = tickets.write(TICKET)
    calls = []

    def lose_the_reply(operation, request, stored, forward):
        calls.append(operation)
        reply = forward()
        return reply if len(calls) > 1 else (500, b'{"__type": "InternalServerError"}')

    with at_moto(lose_the_reply):
        assert (tickets.take(name, SHA256), calls) == (NoTicket.USED, ["DeleteItem"] * 2)
    assert items() == []


def test_a_ticket_does_not_show_for_whom_it_is():
    shown = repr(TICKET)
    assert [text for text in (TICKET.ip, AGENT) if text in shown] == []
