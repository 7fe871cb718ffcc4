"""An ASGI application as a transport of httpx: requests without a socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from starlette.types import ASGIApp


class InProcess(httpx.BaseTransport):
    """Hands requests to the application itself, each in an event loop of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._transport = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._send(request))

    async def _send(self, request: httpx.Request) -> httpx.Response:
        content = request.read()
        copy = httpx.Request(request.method, request.url, headers=request.headers, content=content)
        answer = await self._transport.handle_async_request(copy)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        raw = b"".join([chunk async for chunk in answer.stream])
        stream = httpx.ByteStream(raw)  # still compressed, where it is
        return httpx.Response(answer.status_code, headers=answer.headers, stream=stream)
