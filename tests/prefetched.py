"""What the prefetch function is invoked with: once for an upload, once for an answer to renew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

import boto3

from image_search.composition import build_core
from image_search.uploads.tickets import Ticket
from prefetch.handler import PrefetchFailed
from prefetch.settings import PrefetchSettings
from wire import JPEG, UPLOADS, Context

Event = dict[str, Any]


def events_with(ticket: Ticket, environment: Mapping[str, str]) -> list[Event]:
    """Both, with the ticket's like in the table, and the photo in S3 under the ticket's hash."""
    tickets = build_core(PrefetchSettings.from_environment(environment)).tickets
    name = f"uploads/{ticket.sha256}"
    renewed = replace(ticket, s3_uri=f"s3://{UPLOADS}/{name}", lease="1")
    ids = [str(tickets.write(each)) for each in (ticket, renewed)]
    boto3.client("s3").put_object(Bucket=UPLOADS, Key=name, Body=JPEG, Metadata={"ticket": ids[0]})
    record = {"s3": {"bucket": {"name": UPLOADS}, "object": {"key": name}}}
    return [{"Records": [record]}, {"refresh": {"ticket": ids[1]}}]


def failures(handler: Callable[..., None], events: Iterable[Event]) -> list[str]:
    """What the function raises, for Lambda to try again, as Lambda logs it."""
    texts = []
    for event in events:
        try:
            handler(event, Context())
        except PrefetchFailed as error:
            texts.append(repr(error))
    return texts
