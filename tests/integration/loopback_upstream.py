"""An upstream on loopback that answers, or ends a kept-alive connection as servers do."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from http.client import parse_headers
from io import BufferedReader
from typing import cast

from integration.loopback import accepting
from wire import ANSWER

_BODY = json.dumps(ANSWER).encode()
ANSWERED = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(_BODY), _BODY)


def closes(connection: socket.socket) -> None:
    """What had come unread is answered with a reset."""


def resets(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def breaks_off(connection: socket.socket) -> None:
    """In the head of an answer."""
    connection.sendall(ANSWERED[:12])


@dataclass
class Upstream:
    """``end``: what it does instead of answering, as the ``answers``-th answer of a connection was
    its last. ``billed``: searches that it has answered; ``begun``: connections it has taken."""

    url: str
    end: Callable[[socket.socket], None] = closes
    answers: int = 1
    reads_all: bool = False
    billed: int = 0
    begun: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def loopback_upstream() -> Iterator[Upstream]:
    listener = socket.create_server(("127.0.0.1", 0))
    upstream = Upstream(f"http://127.0.0.1:{listener.getsockname()[1]}")
    with accepting(listener, partial(_serve, upstream)):
        yield upstream


def _serve(upstream: Upstream, connection: socket.socket, _: int) -> None:
    with upstream.lock:
        upstream.begun += 1
    with suppress(OSError), connection, _reader(connection) as lines:
        for _ in range(upstream.answers):
            if not _read(lines):
                return
            with upstream.lock:
                upstream.billed += 1
            connection.sendall(ANSWERED)
        # The next request has come in part or as a whole by the time that it hangs up.
        if _read(lines) if upstream.reads_all else lines.readline():
            upstream.end(connection)


def _reader(connection: socket.socket) -> BufferedReader:
    """With a small buffer, so that most of a request is left unread."""
    return cast(BufferedReader, connection.makefile("rb", buffering=1024))


def _read(lines: BufferedReader) -> bool:
    if not lines.readline():
        return False
    lines.read(int(parse_headers(lines)["Content-Length"]))
    return True
