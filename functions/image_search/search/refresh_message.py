"""A search to be made again after its answer was given, by the prefetch function."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from image_search.aws.async_invocation import AsyncInvocation
from image_search.uploads.tickets import Ticket, Tickets


class RefreshMessage(BaseModel):
    """Names a ticket by its id, and nothing more: a message that failed lies in a queue for days,
    while the ticket says for whom the search is made."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )

    ticket: str

    @classmethod
    def from_event(cls, event: object) -> RefreshMessage | None:
        """None for an event that is something else. Raises pydantic's ``ValidationError``."""
        match event:
            case {"refresh": message}:
                return cls.model_validate(message)
            case _:
                return None

    def to_event(self) -> str:
        """The inverse of ``from_event``, as JSON."""
        return f'{{"refresh":{self.model_dump_json()}}}'


class RefreshQueue:
    """Hands searches over to the prefetch function."""

    def __init__(self, tickets: Tickets, prefetch: AsyncInvocation) -> None:
        self._tickets = tickets
        self._prefetch = prefetch

    def send(self, ticket: Ticket) -> bool:
        """Whether the ticket is written, and Lambda has taken the message that names it."""
        ticket_id = self._tickets.write(ticket)
        return ticket_id is not None and self._prefetch.send(
            RefreshMessage(ticket=ticket_id).to_event()
        )
