"""Stands between the functions and DynamoDB, and makes it behave as it may on AWS.

It can fail from one of their requests on, and with a meter charge and throttle them all.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, ClassVar

import httpx

from metering.call import Call
from metering.item_size import Item
from metering.limits import throttling_error
from metering.meter import Meter, Reply

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class TableFault(StrEnum):
    THROTTLED = "throttled"
    FAILING = "failing"
    SLOW = "slow"
    REFUSED = "refused"


ANSWERS = {
    TableFault.THROTTLED: (400, throttling_error("cache", "TableWriteKeyRangeThroughputExceeded")),
    TableFault.FAILING: (500, {"__type": "InternalServerError", "message": "no"}),
}
SLOW_SECONDS = 5.0


class DynamoDbProxy:
    """``operations``: what was asked for since it was told to watch, each as often as it came.

    ``looked_up``: how many requests have looked for their answer since then, and ``looks``: how
    often they have looked at its lease: each once, and those who wait again and again.
    """

    def __init__(self, target: str) -> None:
        self.operations: list[str] = []
        self.looked_up = 0
        self.looks = 0
        self._fault: TableFault | None = None
        self._from = 0
        self._lock = threading.Lock()
        self._meter: Meter | None = None
        # DynamoDB's clients use a connection again: many of them at once is many connections.
        self._http = httpx.Client(
            base_url=target, trust_env=False, timeout=60, limits=httpx.Limits(max_connections=None)
        )
        self._server = self._listen(0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def watch(self) -> None:
        """Counts from here, and stays well."""
        with self._lock:
            self.operations, self.looked_up, self.looks, self._fault = [], 0, 0, None

    def attach(self, meter: Meter, dynamodb: DynamoDBClient) -> None:
        """Has the meter charge and throttle all that follows.

        ``dynamodb`` looks into the table past this proxy: the functions' own requests are signed,
        and cannot be changed to return what the meter must see.
        """
        self._dynamodb = dynamodb
        self._meter = meter

    def start_failing(self, fault: TableFault, after: int) -> None:
        """Lets ``after`` requests pass; all that follow meet the fault."""
        with self._lock:
            self.operations, self._fault, self._from = [], fault, after

    def recover(self) -> None:
        """Listens again, if it had stopped to."""
        with self._lock:
            self._fault = None
        if not self._server.listening:
            self._server = self._listen(self._server.server_port)

    def close(self) -> None:
        self._server.stop_listening()

    def meet(self, operation: str, body: bytes) -> TableFault | None:
        """Counts a request; what it meets."""
        with self._lock:
            self.operations.append(operation)
            if operation == "GetItem":
                self.looks += b"#lease" in body
                self.looked_up += b"#lease" not in body and b'"breaker"' not in body
            failing = len(self.operations) > self._from
            return self._fault if failing else None

    def forward(self, operation: str, headers: dict[str, str], body: bytes) -> Reply:
        """DynamoDB's reply, or the meter's to a call too many. Raises ``NotMetered``."""

        def send() -> Reply:
            found = self._http.post("/", headers=headers, content=body)
            return found.status_code, found.content

        call = Call.metered(operation, json.loads(body)) if self._meter else None
        if self._meter is None or call is None:
            return send()
        return self._meter.send(call, lambda: self._stored(call), send)

    def _stored(self, call: Call) -> Item | None:
        key: dict[str, Any] = dict(call.key)
        found = self._dynamodb.get_item(TableName=call.table, Key=key, ConsistentRead=True)
        return found.get("Item")

    def refuse(self) -> None:
        self._server.stop_listening()

    def _listen(self, port: int) -> _Server:
        server = _Server(("127.0.0.1", port), self)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    listening = True

    def __init__(self, address: tuple[str, int], proxy: DynamoDbProxy) -> None:
        self.proxy = proxy
        super().__init__(address, _Handler)

    def stop_listening(self) -> None:
        self.listening = False
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    not_passed_on: ClassVar = {"connection", "content-length", "accept-encoding"}
    """All others are, ``Host`` too: they are signed."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        proxy = self.server.proxy
        operation = self.headers["X-Amz-Target"].rpartition(".")[2]
        fault = proxy.meet(operation, body)
        if fault is TableFault.REFUSED:
            self.close_connection = True
            if self.server.listening:
                proxy.refuse()
            return
        if fault is TableFault.SLOW:
            time.sleep(SLOW_SECONDS)
        if fault in ANSWERS:
            status, error = ANSWERS[fault]
            self._answer(status, json.dumps(error).encode())
            return
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in self.not_passed_on
        }
        self._answer(*proxy.forward(operation, headers, body))

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: a test's output says what matters."""

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True  # a client that did not wait


@contextmanager
def dynamodb_proxy(target: str) -> Iterator[DynamoDbProxy]:
    proxy = DynamoDbProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
