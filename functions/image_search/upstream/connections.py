"""Kept-alive connections to upstream, which know when the other side has closed one that was idle.

Imported for the first search that goes upstream: most requests need neither httpcore nor
certificates.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpcore
import httpx

from image_search.upstream.closed_idle import ClosedIdle

# Below the 60 s after which an AWS load balancer closes an idle connection, and nginx's 75 s.
MAX_IDLE_SECONDS = 50.0


class KeptAlive(httpx.HTTPTransport):
    """httpx's own transport, which raises ``ClosedIdle`` where a repeat is safe.

    ``clock``: epoch seconds. The pool expires connections by the monotonic clock, which may stand
    still while Lambda has the sandbox frozen; by the wall's clock, all are dropped after such a
    pause.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        # httpx has no parameter for httpcore's backend, which is where bytes can be counted.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=100,
            max_keepalive_connections=20,
            keepalive_expiry=MAX_IDLE_SECONDS,
            network_backend=_Backend(),
        )
        self._clock = clock
        self._used_at = clock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises ``ClosedIdle``, and what httpx raises."""
        if not 0 <= self._clock() - self._used_at < MAX_IDLE_SECONDS:
            self._drop_idle()
        try:
            return super().handle_request(request)
        except httpx.ReadError as error:
            if not isinstance(error.__cause__, _EndedUnanswered):
                raise
            self._drop_idle()  # of the same age, most likely
            raise ClosedIdle(str(error)) from error
        finally:
            self._used_at = self._clock()

    def _drop_idle(self) -> None:
        """Leaves alone what another thread uses."""
        for connection in self._pool.connections:
            if connection.is_idle():
                connection.close()


class _EndedUnanswered(httpcore.ReadError):
    """A connection that was used before has ended without a byte of an answer."""


class _Backend(httpcore.SyncBackend):
    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(*args, **options))


class _Stream(httpcore.NetworkStream):
    """Knows whether it was used before, and whether bytes have come since it was written to."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._is_reused = False
        self._is_answered = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            content = self._stream.read(max_bytes, timeout)
        except httpcore.ReadError as error:
            if self._is_reused and not self._is_answered:
                raise _EndedUnanswered(str(error)) from error
            raise
        if content:
            self._is_answered = True
        elif self._is_reused and not self._is_answered:
            raise _EndedUnanswered("closed without an answer")
        return content

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if self._is_answered:
            self._is_reused, self._is_answered = True, False
        self._stream.write(buffer, timeout)

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(*args, **options))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
