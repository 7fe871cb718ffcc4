"""AWS's JSON services at the wire: what `http.client` sends is answered by moto.

moto hooks into botocore, which the function's own clients of DynamoDB and Secrets Manager do not
use. A request is announced as botocore would, so that tests can meet, count and answer those of
both kinds of clients in one way (`aws_events`).
"""

from __future__ import annotations

import http.client
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSRequest, AWSResponse

from image_search.aws.session import session


def connect(connection: http.client.HTTPSConnection) -> None:
    """Stands for ``http.client.HTTPSConnection.connect``."""
    connection.sock = EmulatedSocket(connection.host)


class EmulatedSocket:
    """A connection that AWS closes after its first answer."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._sent = b""

    def sendall(self, data: bytes) -> None:
        self._sent += data

    def makefile(self, mode: str) -> _Answer:
        return _Answer(self)

    def settimeout(self, seconds: float) -> None:
        """Nothing here takes time."""

    def close(self) -> None:
        """Nothing is open."""

    def answer(self) -> bytes:
        """Asks moto, or whoever else answers first."""
        request = _parse(self._host, self._sent)
        target = request.headers["X-Amz-Target"]
        service = "dynamodb" if target.startswith("DynamoDB") else "secretsmanager"
        event = f"before-send.{service}.{target.rpartition('.')[2]}"
        events = session().get_component("event_emitter")
        answer = events.emit_until_response(event, request=request.prepare())[1]
        assert answer is not None, "moto answers within `mock_aws` only"
        return _as_sent(answer)


class _Answer(BytesIO):
    """What is read from a socket: nothing is answered before."""

    def __init__(self, socket: EmulatedSocket) -> None:
        super().__init__()
        self._socket = socket
        self._is_asked = False

    def readline(self, size: int | None = -1) -> bytes:
        if not self._is_asked:
            self._is_asked = True
            self.write(self._socket.answer())
            self.seek(0)
        return super().readline(size)


def _parse(host: str, sent: bytes) -> AWSRequest:
    head, _, body = sent.partition(b"\r\n\r\n")
    line, *lines = head.decode().split("\r\n")
    method, path, _ = line.split(" ")
    headers = dict(each.split(": ", 1) for each in lines)
    return AWSRequest(method, f"https://{host}{path}", headers, body)


def _as_sent(answer: AWSResponse) -> bytes:
    body = bytes(answer.content)
    headers: dict[str, Any] = {name.lower(): value for name, value in answer.headers.items()}
    headers |= {"content-length": len(body), "connection": "close"}
    lines = [f"HTTP/1.1 {answer.status_code} Emulated", *(f"{n}: {v}" for n, v in headers.items())]
    return "\r\n".join((*lines, "\r\n")).encode() + body
