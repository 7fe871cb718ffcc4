"""Kept-alive connections to one endpoint; what goes wrong is raised as botocore names it."""

from __future__ import annotations

import http.client
import os
import select
import socket
import ssl
import time
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from weakref import WeakSet

from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
    SSLError,
)

from image_search.aws.json_client.tls import Trust

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Below the 350 s after which a NAT gateway forgets a connection, and by the wall's clock: for a
# frozen sandbox the monotonic one may stand still.
MAX_IDLE_SECONDS = 60.0


class Timeouts(NamedTuple):
    """Seconds: until a connection is made, and between two pieces of an answer."""

    connect: float
    read: float


class Response(NamedTuple):
    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class DiedIdle(Exception):
    """A connection that was used before has ended without a byte of an answer.

    The other side closes what is idle; the request is to be sent again over a new one.
    """


class _NoAnswer(Exception):
    """The connection has ended before an answer began."""


class Connections:
    """The idle connections to an endpoint; one that is in use belongs to a single thread.

    ``trust``: who vouches for the other side; by default what all connections share.
    """

    def __init__(
        self, url: str, timeouts: Timeouts, trust: Callable[[], Trust] | None = None
    ) -> None:
        self._url = url
        self._trust = trust or shared_trust
        self._timeouts = timeouts
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port
        self._is_tls = parts.scheme == "https"
        self._path = parts.path
        self._idle: list[tuple[http.client.HTTPConnection, float]] = []
        _POOLS.add(self)

    def post(self, headers: Mapping[str, str], body: bytes) -> Response:
        """Raises ``DiedIdle``, or one of botocore's errors of connections."""
        reused = self._reuse()
        connection = reused or self._connect()
        try:
            response = self._exchange(connection, headers, body)
        except _NoAnswer as error:
            connection.close()
            if reused:
                self.drop()
                raise DiedIdle from error
            raise ConnectionClosedError(endpoint_url=self._url, error=error) from error
        except TimeoutError as error:
            connection.close()
            raise ReadTimeoutError(endpoint_url=self._url, error=error) from error
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            raise ConnectionClosedError(endpoint_url=self._url, error=error) from error
        if connection.sock is not None:  # the other side leaves it open
            self._idle.append((connection, time.time()))
        return response

    def drop(self) -> None:
        """Forgets the idle connections."""
        while self._idle:
            self._idle.pop()[0].close()

    def _exchange(
        self, connection: http.client.HTTPConnection, headers: Mapping[str, str], body: bytes
    ) -> Response:
        # In one piece, where http.client would send two: system calls are most of what this costs.
        lines = [f"POST {self._path} HTTP/1.1", *(f"{name}: {headers[name]}" for name in headers)]
        # These are not signed, as what stands between may change them.
        lines += ["Accept-Encoding: identity", f"Content-Length: {len(body)}", "\r\n"]
        head = "\r\n".join(lines).encode()
        response = http.client.HTTPResponse(connection.sock, method="POST")
        try:
            connection.sock.sendall(head + body)
            response.begin()
        except ConnectionError as error:
            raise _NoAnswer from error
        content = response.read()
        if response.will_close:
            connection.close()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Response(response.status, names, content)

    def _reuse(self) -> http.client.HTTPConnection | None:
        """The one used last, which is the likeliest to live."""
        while True:
            try:
                connection, since = self._idle.pop()
            except IndexError:
                return None
            if 0 <= time.time() - since < MAX_IDLE_SECONDS and _is_quiet(connection.sock):
                return connection
            connection.close()

    def _connect(self) -> http.client.HTTPConnection:
        try:
            connection = self._open()
        except ssl.SSLError as error:
            raise SSLError(endpoint_url=self._url, error=error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(endpoint_url=self._url, error=error) from error
        except OSError as error:
            raise EndpointConnectionError(endpoint_url=self._url, error=error) from error
        connection.sock.settimeout(self._timeouts.read)
        return connection

    def _open(self) -> http.client.HTTPConnection:
        connection = self._new()
        try:
            connection.connect()
        except ssl.SSLCertVerificationError:
            connection.close()
            if self._trust().widen():
                return self._open()
            raise
        except OSError:
            connection.close()
            raise
        return connection

    def _new(self) -> http.client.HTTPConnection:
        seconds = self._timeouts.connect
        if not self._is_tls:
            return http.client.HTTPConnection(self._host, self._port, timeout=seconds)
        return http.client.HTTPSConnection(
            self._host, self._port, timeout=seconds, context=self._trust().context
        )


def prime() -> None:
    """Loads the certificates."""
    shared_trust()


def drop_all() -> None:
    """Forgets every idle connection, as they belong to another process or another sandbox."""
    for pool in _POOLS:
        pool.drop()


_POOLS: WeakSet[Connections] = WeakSet()
os.register_at_fork(after_in_child=drop_all)


@cache
def shared_trust() -> Trust:
    return Trust()


def _is_quiet(sock: socket.socket | None) -> bool:
    """Whether nothing has come, as the end of a connection or an error would have."""
    if sock is None:
        return False
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return not poll.poll(0)
