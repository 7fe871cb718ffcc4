"""The meter's door for unit tests: at moto's DynamoDB, whatever client speaks to it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto.dynamodb.responses import DynamoHandler

from metering.call import Call
from metering.item_size import Item
from metering.meter import Meter, Reply

Send = Callable[[str, dict[str, Any], Callable[[], Item | None], Callable[[], Reply]], Reply]
"""Operation, request, what reads the item that it names, and what passes the call on to moto."""


@contextmanager
def at_moto(send: Send) -> Iterator[None]:
    """Has all calls on DynamoDB go through ``send``."""
    call_action = DynamoHandler.call_action

    def sent(handler: DynamoHandler) -> tuple[int, dict[str, Any], Any]:
        headers: dict[str, Any] = {}

        def forward() -> Reply:
            status, found, body = call_action(handler)
            headers.update(found)
            return status, body if isinstance(body, bytes) else body.encode()

        operation = handler._get_action()
        request = json.loads(handler.raw_body or b"{}")
        status, body = send(operation, request, lambda: _stored(handler, request), forward)
        return status, headers, body

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DynamoHandler, "call_action", sent)
        yield


def _stored(handler: DynamoHandler, request: dict[str, Any]) -> Item | None:
    key = Call.metered(handler._get_action(), request)
    assert key is not None
    found = handler.dynamodb_backend.get_item(key.table, dict(key.key))
    if found is None:
        return None
    # As it goes over the wire: moto keeps binary as it was before.
    item: Item = json.loads(json.dumps(found.to_json()["Attributes"], default=_base64))
    return item


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


@contextmanager
def metered_moto(meter: Meter) -> Iterator[Meter]:
    def send(
        operation: str,
        request: dict[str, Any],
        stored: Callable[[], Item | None],
        forward: Callable[[], Reply],
    ) -> Reply:
        call = Call.metered(operation, request)
        return forward() if call is None else meter.send(call, stored, forward)

    with at_moto(send):
        yield meter
