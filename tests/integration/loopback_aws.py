"""An AWS on loopback that answers, stalls and hangs up as a test has written down."""

from __future__ import annotations

import json
import socket
import ssl
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import HTTPMessage, parse_headers
from io import BufferedReader
from typing import Any

from integration.loopback import accepting


@dataclass(frozen=True)
class Received:
    """``connection``: the how manieth it came over, from 0."""

    line: str
    headers: HTTPMessage
    body: bytes
    connection: int


# Does something with a connection over which a request has come; whether it stays open.
Act = Callable[[socket.socket], bool]


def answers(body: bytes | dict[str, Any], status: int = 200, **headers: str) -> Act:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {
        "x-amzn-requestid": "request-1",
        "content-type": "application/x-amz-json-1.0",
        "content-length": str(len(content)),
        "x-amz-crc32": str(zlib.crc32(content)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    lines = [f"HTTP/1.1 {status} As-Told", *(f"{name}: {value}" for name, value in named.items())]
    return sends("\r\n".join(lines).encode() + b"\r\n\r\n" + content)


def fails(code: str, status: int = 400, **body: Any) -> Act:
    return answers({"__type": f"com.amazonaws#{code}", "message": "no", **body}, status)


def sends(raw: bytes) -> Act:
    def act(connection: socket.socket) -> bool:
        connection.sendall(raw)
        return True

    return act


def then_closes(act: Act) -> Act:
    """Without having said so."""

    def acts(connection: socket.socket) -> bool:
        act(connection)
        return False

    return acts


def hangs_up(connection: socket.socket) -> bool:
    return False


def stalls(connection: socket.socket) -> bool:
    """Until the client has had enough."""
    connection.settimeout(10)
    with suppress(OSError):
        connection.recv(1)
    return False


@dataclass
class LoopbackAws:
    """``script``: what is done with each request in turn; the last is for all that follow."""

    url: str
    script: list[Act] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def plays(self, *script: Act) -> None:
        self.script, self.received = list(script), []

    def next(self, request: Received) -> Act:
        self.received.append(request)
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]


@contextmanager
def loopback_aws(tls: ssl.SSLContext | None = None) -> Iterator[LoopbackAws]:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    aws = LoopbackAws(f"{'https' if tls else 'http'}://localhost:{port}")
    with accepting(listener, partial(_serve, aws, tls)):
        yield aws


def _serve(
    aws: LoopbackAws, tls: ssl.SSLContext | None, connection: socket.socket, number: int
) -> None:
    with suppress(OSError), connection:
        stream = tls.wrap_socket(connection, server_side=True) if tls else connection
        with stream, stream.makefile("rb") as lines:
            while (request := _read(lines, number)) and aws.next(request)(stream):
                pass


def _read(lines: BufferedReader, number: int) -> Received | None:
    line = lines.readline().decode()
    if not line:
        return None
    headers = parse_headers(lines)
    body = lines.read(int(headers["Content-Length"]))
    return Received(line.strip(), headers, body, number)
