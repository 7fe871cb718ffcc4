"""Hanging up: an answer that is none, and the server's protocol that makes it possible."""

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

_TRANSPORT = "transport"


class HangingUpProtocol(H11Protocol):
    """HTTP/1.1 that hands each request its connection, as `scope["state"]["transport"]`."""

    def connection_made(self, transport: Any) -> None:
        """Keep the connection where a request can find it."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, _TRANSPORT: transport}


class HangUp(Response):
    """Ends the connection at once, without a byte of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Abort the connection and wait until the server knows."""
        transport: asyncio.Transport = scope["state"][_TRANSPORT]
        transport.abort()
        # Until the server has noticed: it would answer 500 for a request that got no answer.
        while (await receive())["type"] != "http.disconnect":
            pass
