"""The client of Constructor's image_search: its address, headers, statuses and answers."""

from __future__ import annotations

import random
import time
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import httpx

from image_search import bounded_gzip, bounded_json
from image_search.credentials.redaction import scrub_answer, scrub_json
from image_search.credentials.secret import Credentials
from image_search.deadline import Deadline
from image_search.errors import (
    MAX_PROBLEMS,
    MAX_UPSTREAM_ERROR_BYTES,
    ImageSearchError,
    ImageTooLarge,
    NotAsked,
    RequestTimedOut,
    ResponseTooLarge,
    TooManyCalls,
    UnprocessableImage,
    UnsupportedMediaType,
    UpstreamError,
    UpstreamFailed,
    UpstreamRefused,
    UpstreamRejectedCredentials,
    UpstreamRejectedRequest,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from image_search.images.normalize import NormalizedImage
from image_search.parameters import query_string
from image_search.parameters.search_parameters import SearchParameters
from image_search.upstream.closed_idle import ClosedIdle
from image_search.upstream.end_user import EndUser

PATH = "/v2/image_search"
CONNECT_SECONDS = 3.0
# The longest pause inside an answer that has begun.
STALL_SECONDS = 5.0
MAX_RETRY_AFTER_SECONDS = 300
# The longest Retry-After that is waited for within the request.
INVITED_SECONDS = 2
# What a search must have had before its time-out says anything of upstream: searches take 0.8 s.
FAIR_SECONDS = 5.0
# What must be left after that pause for a second call to be worth it: searches take about 0.8 s.
RETRY_LEAST_SECONDS = 3.0
# Within which a connection that was closed before shows it: a round trip, and a packet sent twice.
# What ends later may have been searched for.
CLOSED_WITHIN_SECONDS = 2.0
_BUSY = {429: TooManyCalls, 503: UpstreamUnavailable}
_OTHERS: dict[int, type[ImageSearchError]] = {
    408: RequestTimedOut,
    413: ImageTooLarge,
    415: UnsupportedMediaType,
    422: UnprocessableImage,
}
_PASSED_ON = ("code", "message", "source")
_NOTHING = httpx.ByteStream(b"")


@dataclass(frozen=True)
class Body:
    """JSON, and the same compressed if it came so: as one gzip member."""

    json: bytes = field(repr=False)
    gzip: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class UpstreamAnswer:
    """A 200, scrubbed, as a JSON object.

    ``received``: the very bytes, where they say the same as ``value``. ``degraded``: a fallback or
    an empty result.
    """

    value: dict[str, Any] = field(repr=False)
    received: Body | None = field(repr=False)
    degraded: bool


@dataclass(frozen=True)
class UpstreamCall:
    """What one search needs. ``end_user``: named to upstream, as it asks of backends."""

    image: NormalizedImage
    parameters: SearchParameters
    end_user: EndUser
    credentials: Credentials
    deadline: Deadline


class UpstreamClient:
    """Calls upstream over one kept-alive connection pool."""

    def __init__(
        self,
        base_url: str,
        client_id: str,
        timeout_seconds: float,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._pause = pause
        self._client_id = client_id
        self._timeout_seconds = timeout_seconds
        self._base_url = base_url
        self._transport = transport

    @cached_property
    def _client(self) -> httpx.Client:
        """Made when it is first needed, which a hit is not: certificates take time to load."""
        transport = self._transport
        if transport is None:
            from image_search.upstream.connections import KeptAlive

            transport = KeptAlive()
        client = httpx.Client(base_url=self._base_url, transport=transport, trust_env=False)
        del client.headers["User-Agent"]
        # Kept, one end user's would be sent with the next one's search.
        client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))
        return client

    def prime(self) -> None:
        """Does now what the first search would otherwise wait for; nothing is sent."""
        _ = self._client

    def search(self, call: UpstreamCall) -> UpstreamAnswer:
        """One request, and a second one where the first was not billed, by all that can be known.

        That is when no connection came about, so nothing was sent; when upstream was too busy and
        asks to come back within moments; and when a kept-alive connection ended at once, without a
        byte of an answer, as upstream had closed it for being idle. There, POST is not idempotent
        and HTTP gives no certainty (RFC 9110 §9.2.2), yet a server that has read a request answers
        it, and browsers repeat a POST then, too. A search that was sent and then timed out, was cut
        off or failed may have been done and billed: the caller decides about another.

        Raises an ``UpstreamError``, or a ``RequestError`` for upstream's 400, 413, 415 and 422.
        """
        seconds = min(self._timeout_seconds, call.deadline.remaining())
        if seconds == 0:
            raise NotAsked(detail="no time was left to ask")
        try:
            return self._search(call, Deadline.after(seconds))
        except UpstreamTimeout as error:
            if seconds >= min(FAIR_SECONDS, self._timeout_seconds):
                raise
            raise NotAsked(detail=f"{error.detail}, within {seconds:.1f} s") from error

    def _search(self, call: UpstreamCall, limit: Deadline) -> UpstreamAnswer:
        try:
            return self._send(call, limit)
        except (UpstreamFailed, UpstreamTimeout, UpstreamUnavailable) as error:
            seconds = _pause_before_retry(error)
            if seconds is None or limit.remaining() < seconds + RETRY_LEAST_SECONDS:
                raise
        self._pause(seconds)
        return self._send(call, limit)

    def _send(self, call: UpstreamCall, limit: Deadline) -> UpstreamAnswer:
        status, headers, content = self._exchange_once_billed(call, limit)
        hidden = _hidden(call.end_user, call.credentials)
        if status != 200:
            # Only a 400's are passed on; of a 401 or 403, that they are JSON tells who said it.
            words = _words(content, headers) if status in (400, 401, 403) else None
            raise error_for(status, headers, scrub_json(words, hidden))
        body = _body(content, headers)
        return _answer(_json_object(body.json), body, hidden)

    def _exchange_once_billed(
        self, call: UpstreamCall, limit: Deadline
    ) -> tuple[int, httpx.Headers, bytes]:
        """Repeated where upstream had closed the connection; that says nothing of its health."""
        before = limit.remaining()
        try:
            return self._exchange(self._request(call, before), limit)
        except UpstreamFailed as error:
            left = limit.remaining()
            if not isinstance(error.__cause__, ClosedIdle) or before - left > CLOSED_WITHIN_SECONDS:
                raise
            if left < RETRY_LEAST_SECONDS:
                raise NotAsked(detail="upstream had closed the connection") from error
        return self._exchange(self._request(call, left), limit)

    def _request(self, call: UpstreamCall, seconds: float) -> httpx.Request:
        own = (("key", call.credentials.key.get_secret_value()), ("c", self._client_id))
        return self._client.build_request(
            "POST",
            f"{PATH}?{query_string.encode((*own, *call.parameters.pairs()))}",
            content=call.image.content,
            headers=_headers(call.end_user, call.credentials),
            timeout=httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds)),
        )

    def _exchange(
        self, request: httpx.Request, limit: Deadline
    ) -> tuple[int, httpx.Headers, bytes]:
        try:
            response = self._client.send(request, stream=True)
            try:
                return response.status_code, response.headers, _read(request, response, limit)
            finally:
                response.close()
                # A response and its stream refer to each other, and to the request: each image
                # would stay in memory until the collector happens to run.
                response.stream = _NOTHING
        except httpx.TimeoutException as error:
            raise UpstreamTimeout(detail=type(error).__name__) from error
        except httpx.RequestError as error:
            raise UpstreamFailed(detail=_described(error)) from error


def error_for(status: int, headers: Mapping[str, str], body: Any) -> ImageSearchError:
    """Upstream's status to ours. ``body``: its JSON, scrubbed, or None."""
    detail = f"upstream answered {status}"
    if status == 400:
        return UpstreamRejectedRequest(body if isinstance(body, dict) else {})
    if status in (401, 403):
        by = "" if isinstance(body, dict) else ", not in JSON: it may be a firewall's"
        return UpstreamRejectedCredentials(detail=f"{detail}{by}")
    if status in _BUSY:
        return _BUSY[status](retry_after=_retry_after(headers), detail=detail)
    if status in _OTHERS:
        return _OTHERS[status](detail=detail)
    return UpstreamRefused(detail=detail) if 400 <= status < 500 else UpstreamFailed(detail=detail)


def _pause_before_retry(error: UpstreamError) -> float | None:
    """Seconds, jittered; None when the search may have been billed."""
    jitter = random.uniform(0.1, 0.3)  # noqa: S311 - no secret is made of it
    if isinstance(error.__cause__, (httpx.ConnectError, httpx.ConnectTimeout)):
        return jitter
    # Without a Retry-After, the error carries our own, longer one.
    if isinstance(error, UpstreamUnavailable) and error.retry_after <= INVITED_SECONDS:
        return error.retry_after + jitter
    return None


def _headers(end_user: EndUser, credentials: Credentials) -> dict[bytes, bytes]:
    # No other coding: an answer is stored as it comes, and gzip is what every client takes.
    headers = {"Content-Type": "application/octet-stream", "Accept-Encoding": "gzip"}
    if end_user.ip:
        headers["X-Forwarded-For"] = end_user.ip
    if end_user.user_agent:
        headers["User-Agent"] = end_user.user_agent
    if credentials.token is not None:
        headers["x-cnstrc-token"] = credentials.token.get_secret_value()
    # As bytes, for httpx takes text to be ASCII, which a User-Agent need not be.
    return {name.encode(): value.encode() for name, value in headers.items()}


def _read(request: httpx.Request, response: httpx.Response, limit: Deadline) -> bytes:
    """The body as it is sent, within the limit: httpx bounds each read, but not their sum.

    Of an error that is too large, nothing: its status says what there is to do.
    """
    request.extensions["timeout"]["read"] = min(STALL_SECONDS, limit.remaining())
    chunks, size = [], 0
    for chunk in response.iter_raw():
        chunks.append(chunk)
        size += len(chunk)
        if size > bounded_gzip.MAX_BYTES:
            if response.status_code != 200:
                return b""
            raise ResponseTooLarge(detail=f"upstream sent over {bounded_gzip.MAX_BYTES} bytes")
        if limit.remaining() == 0:
            raise UpstreamTimeout(detail="the answer trickled in too slowly")
    return b"".join(chunks)


def _body(content: bytes, headers: httpx.Headers) -> Body:
    """Without the one coding that was offered."""
    # RFC 9110 §8.4.1.3: x-gzip is the same.
    if headers.get("Content-Encoding", "").lower() not in ("gzip", "x-gzip"):
        return Body(content)
    try:
        plain, is_one_member = bounded_gzip.read(content)
    except bounded_gzip.TooLarge as error:
        raise ResponseTooLarge(detail=f"upstream's answer has {error}") from error
    except ValueError as error:
        raise UpstreamFailed(detail="upstream's answer is no gzip") from error
    return Body(plain, content if is_one_member else None)


def _words(content: bytes, headers: httpx.Headers) -> dict[str, Any] | None:
    """What an error says, or what is passed on of much; None where it cannot be read."""
    try:
        body = _body(content, headers).json
    except UpstreamError:
        return None
    words = _json_object(body)
    return _without_the_rest(words) if words and len(body) > MAX_UPSTREAM_ERROR_BYTES else words


def _without_the_rest(words: dict[str, Any]) -> dict[str, Any]:
    """So that nothing else is searched for secrets, which takes 2 s for a MB that is full of them.

    Whole texts: of one that is cut, a part of a secret might be left, which nothing finds.
    """
    listed = words.get("errors")
    errors = (
        [error for error in listed if isinstance(error, dict)] if isinstance(listed, list) else []
    )
    texts = [
        {
            name: value
            for name in _PASSED_ON
            if isinstance(value := error.get(name), (str, int, float))
        }
        for error in errors[:MAX_PROBLEMS]
    ]
    return {"message": words.get("message"), "errors": texts}


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        # RFC 8259 §8.1: in UTF-8; a BOM may be ignored. Of bytes, Python would guess the encoding.
        value = bounded_json.read(body.decode("utf-8-sig"))
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _hidden(end_user: EndUser, credentials: Credentials) -> tuple[str, ...]:
    """What upstream was sent and its answers must not repeat, as others get them, too.

    Not the User-Agent: it is the client's to choose, and would take any word out of an answer.
    """
    own = (end_user.ip,) if end_user.has_address else ()
    return credentials.secrets() + own


def _described(error: httpx.RequestError) -> str:
    """The text only where nothing was sent: others may quote what upstream answered."""
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, httpx.ConnectError) else name


def _answer(value: dict[str, Any] | None, body: Body, hidden: Iterable[str]) -> UpstreamAnswer:
    response = value.get("response") if value else None
    if value is None or not isinstance(response, dict):
        raise UpstreamFailed(detail="upstream answered 200 with something else than a search")
    clean = scrub_answer(value, hidden, body.json)
    # Not every client ignores a BOM, which JSON must not begin with (RFC 8259 §8.1).
    is_as_it_goes_out = clean is value and not body.json.startswith(BOM_UTF8)
    return UpstreamAnswer(
        value=clean,
        received=body if is_as_it_goes_out else None,
        degraded=bool(value.get("whole_image_search_fallback")) or not response.get("results"),
    )


def _retry_after(headers: Mapping[str, str]) -> int:
    """Whole seconds; upstream documents none, so an absent or odd value becomes our own."""
    given = headers.get("Retry-After", "")
    if not (given.isascii() and given.isdigit()):
        return UpstreamUnavailable().retry_after
    return max(1, min(int(given[:6]), MAX_RETRY_AFTER_SECONDS))
