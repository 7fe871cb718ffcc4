"""What arrived on the search endpoint, kept for tests to look at."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from starlette.requests import Request

from stand_in.request.image import MAX_IMAGE_BYTES
from stand_in.request.query import Pairs, read_pairs


@dataclass(frozen=True)
class ReceivedBody:
    """A body's digest and true size; its bytes only as far as a valid image can go."""

    content: bytes
    sha256: str
    size: int


@dataclass(frozen=True)
class ReceivedRequest:
    """One request as it arrived; the query decoded into pairs, header names in lower case."""

    method: str
    path: str
    query: Pairs
    headers: dict[str, str]
    body_sha256: str
    body_bytes: int
    client_port: int | None
    """The other end of the connection: tells which process is asking."""

    def as_json(self) -> dict[str, Any]:
        """The record as the control endpoint shows it."""
        return asdict(self)


async def receive_body(request: Request) -> ReceivedBody:
    """Read a request's body to its end, however long it is, in bounded memory."""
    digest, kept, size = hashlib.sha256(), bytearray(), 0
    async for chunk in request.stream():
        digest.update(chunk)
        size += len(chunk)
        if size <= MAX_IMAGE_BYTES:
            kept += chunk
    return ReceivedBody(bytes(kept), digest.hexdigest(), size)


def describe_request(request: Request, body: ReceivedBody) -> ReceivedRequest:
    """The record of a request; a header that was sent twice has its values joined by a comma."""
    headers = {name: ", ".join(request.headers.getlist(name)) for name in request.headers}
    return ReceivedRequest(
        method=request.method,
        path=request.url.path,
        query=read_pairs(request.scope["query_string"]),
        headers=headers,
        body_sha256=body.sha256,
        body_bytes=body.size,
        client_port=request.client.port if request.client else None,
    )
