"""An HTTP API around the emulator's own: limits before it, Lambda's limits within, headers after.

The emulator calls back into it at three places while it executes one request: to integrate, in a
thread to invoke the function, and for CORS. They find the request in a context variable.
"""

import asyncio
import base64
import os
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from gateway import cors, limits
from gateway.answers import Answer, Refused, in_own_words
from gateway.event import completed
from gateway.payload import exceeds
from gateway.response import outgoing
from gateway.throttle import Rate, Throttle


@dataclass
class _Request:
    headers: Mapping[str, str]
    id: str = field(default_factory=lambda: base64.b64encode(os.urandom(11)).decode())
    is_answered: bool = False
    """Whether the answer comes from the function, or from a preflight."""
    cors: dict[str, str] | None = None
    """What is added to it; None where the API has no CORS."""


_current: ContextVar[_Request] = ContextVar("request")


class HttpApi:
    """What is put around the emulator. ``seconds``: after which it no longer waits."""

    def __init__(
        self,
        throttle: Throttle | None = None,
        port: str = "80",
        seconds: float = limits.INTEGRATION_SECONDS,
    ) -> None:
        self._throttle = throttle or Throttle()
        self._port = port
        self._seconds = seconds

    async def execute(
        self,
        emulated: Callable[[], Awaitable[Answer]],
        line: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> Answer:
        """Answer a request. ``line``: its method, path and query; ``headers``: in lower case."""
        request = _Request(headers)
        token = _current.set(request)
        try:
            _require_bounded(line, headers, body)
            status, answered, content = await emulated()
        except Refused as refused:
            status, request.is_answered = refused.status, False
        finally:
            _current.reset(token)
        if request.is_answered:
            return status, outgoing(answered, request.cors, request.id), content
        status, answered, content = in_own_words(status, headers.get("authorization", ""))
        return status, {**answered, "apigw-requestid": request.id}, content

    async def integrate(
        self,
        emulated: Callable[[], Awaitable[Answer]],
        route: tuple[str, ...],
        stage: Mapping[str, Any],
    ) -> Answer:
        """Have the function answer. ``route``: the API's id, the stage's name and the route's key.

        An invocation that takes too long goes on to its end, as Lambda's do.
        """
        if not self._throttle.admits(route, Rate.of_route(stage, route[-1])):
            raise Refused(429)
        invoking = asyncio.ensure_future(emulated())
        done, _ = await asyncio.wait({invoking}, timeout=self._seconds)
        if not done:
            invoking.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            raise Refused(503)
        answer = invoking.result()
        _current.get().is_answered = True
        return answer

    def invoke(
        self, emulated: Callable[[dict[str, Any]], dict[str, Any]], event: dict[str, Any]
    ) -> dict[str, Any]:
        """Invoke the function; events that are not of an HTTP API are left alone."""
        request = _current.get(None)
        if request is None:
            return emulated(event)
        event = completed(event, request.id, self._port)
        if exceeds(event, limits.FUNCTION_REQUEST_BYTES):
            raise Refused(413)
        result = emulated(event)
        if result.get("throttle"):
            raise Refused(503)
        answer = result.get("body")
        failed = result.get("error") and not (isinstance(answer, dict) and "statusCode" in answer)
        if failed or (isinstance(answer, dict) and exceeds(answer, limits.FUNCTION_RESPONSE_BYTES)):
            raise Refused(500)
        return result


def preflight(configuration: cors.Configuration) -> Answer:
    """Answer an OPTIONS; without CORS there is no such route."""
    request = _current.get()
    if not configuration:
        raise Refused(404)
    request.is_answered = True
    return cors.preflight(configuration, request.headers)


def add_cors(configuration: cors.Configuration) -> None:
    """Have CORS headers added to the function's answer."""
    request = _current.get()
    request.cors = cors.response_headers(configuration, request.headers)


def _require_bounded(line: str, headers: Mapping[str, str], body: bytes) -> None:
    size = len(f"{line} HTTP/1.1\r\n".encode()) + sum(len(each) for each in headers.values())
    if size > limits.REQUEST_LINE_AND_HEADER_BYTES:
        raise Refused(431)
    if len(body) > limits.PAYLOAD_BYTES:
        raise Refused(413)
