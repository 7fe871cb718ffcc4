"""Tickets: each allows one background search, once.

A ticket is a small item of the cache table, which says what is to be searched and for whom. An
upload form, and the message that has an answer renewed, carry nothing but its id: the object's
metadata stays readable for two days, and a failed message lies in a queue for days, whereas the end
user's address and User-Agent are personal data.

Whoever searches takes the ticket by deleting it. The condition of that write holds once: whatever
is posted, delivered or tried again, and however often, there is one search at most. A deletion
whose reply was lost is sent again by the client, finds nothing, and no search is made at all: the
client's own request will make it.

The caller is not named: the form, or the renewal, was charged to them before the ticket was
written.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import uuid4

from image_search.aws.table import ConditionFailed, Done, Item, Table, TableUse, Value

# The form can be used for 300 s; the upload that begins last may take 160 s, its event a few. A
# refresh message is kept by Lambda for 600 s.
TICKET_SECONDS = 600
# Twice the usual. An item of up to 1 KB costs one write unit to put, and one to take.
MAX_USER_AGENT_LENGTH = 512
# A request's query has 10 KB. Its canonical spelling may have four times as many: `1e15,` becomes
# `1000000000000000.0%2C`.
_MAX_QUERY_BYTES = 49_152
_ID = re.compile(r"[0-9a-f]{32}")

_VALID = "expires_at > :now"
_VALID_FOR_IMAGE = "expires_at > :now AND sha256 = :sha256"


@dataclass(frozen=True)
class Ticket:
    """``query``: the canonical one, without who asks; ``ip`` and ``user_agent``: the end user's.

    ``s3_uri``, ``lease``: of an answer to renew, where the image lies and the lease's token.
    """

    sha256: str
    query: str
    ip: str = field(repr=False)
    user_agent: str = field(repr=False)
    s3_uri: str | None = None
    lease: str | None = None


class NoTicket(StrEnum):
    """Why there is no search, as it is logged."""

    NONE = "no-ticket"
    USED = "ticket-used-or-unknown"
    EXPIRED = "ticket-expired"
    ANOTHER_IMAGE = "ticket-of-another-image"
    UNREADABLE = "ticket-unreadable"
    TABLE_FAILED = "table-failed"


class Tickets:
    """Writes and takes tickets."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def write(self, ticket: Ticket) -> str | None:
        """The new ticket's id; None when the table did not take it."""
        ticket_id = uuid4().hex
        expires_at = self._table.now() // 1000 + TICKET_SECONDS
        item = {"pk": _key(ticket_id), "expires_at": expires_at, **_attributes(ticket)}
        written = self._table.put(TableUse.TICKETS, item, insist=False)
        return ticket_id if isinstance(written, Done) else None

    def take(self, ticket_id: str | None, sha256: str | None = None) -> Ticket | NoTicket:
        """The ticket, which nobody else will get; if it is for this image, where that is known."""
        if ticket_id is None:
            return NoTicket.NONE
        if not _ID.fullmatch(ticket_id):
            return NoTicket.USED
        now = self._table.now() // 1000
        values: dict[str, Value] = {"now": now}
        if sha256 is not None:
            values["sha256"] = bytes.fromhex(sha256)
        condition = _VALID if sha256 is None else _VALID_FOR_IMAGE
        match self._table.delete(TableUse.TICKETS, _key(ticket_id), condition, values):
            case Done(item):
                return _ticket(item) or NoTicket.UNREADABLE
            case ConditionFailed(item):
                return _reason(item, now)
            case _:
                return NoTicket.TABLE_FAILED


def _key(ticket_id: str) -> str:
    return f"ticket#{ticket_id}"


def _reason(item: Item, now: int) -> NoTicket:
    """DynamoDB's TTL deletes hours late: an expired ticket may well be there."""
    expires_at = item.number("expires_at")
    if expires_at is None:
        return NoTicket.USED
    return NoTicket.EXPIRED if expires_at <= now else NoTicket.ANOTHER_IMAGE


def _attributes(ticket: Ticket) -> dict[str, Value]:
    found: dict[str, Value] = {
        "sha256": bytes.fromhex(ticket.sha256),
        "query": zlib.compress(ticket.query.encode(), 9),
        "ip": ticket.ip,
        "agent": ticket.user_agent[:MAX_USER_AGENT_LENGTH],
    }
    if ticket.s3_uri is not None:
        found["uri"] = ticket.s3_uri
    if ticket.lease is not None:
        found["lease"] = ticket.lease
    return found


def _ticket(item: Item) -> Ticket | None:
    sha256, query = item.binary("sha256"), _query(item)
    ip, user_agent = item.text("ip"), item.text("agent")
    if sha256 is None or query is None or ip is None or user_agent is None:
        return None
    return Ticket(sha256.hex(), query, ip, user_agent, item.text("uri"), item.text("lease"))


def _query(item: Item) -> str | None:
    decompressor = zlib.decompressobj()
    try:
        query = decompressor.decompress(item.binary("query") or b"", _MAX_QUERY_BYTES).decode()
    except (zlib.error, UnicodeDecodeError):
        return None
    return query if decompressor.eof else None
