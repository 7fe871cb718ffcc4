"""What must hold for any request, whatever upstream and AWS answer."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from typing import Any

from fuzz.requests.pieces import CANARIES
from fuzz.requests.pixels import megapixels
from fuzz.requests.sandbox import (
    AGENT,
    IDENTITY,
    MEGABYTES,
    SUBJECT,
    Exchange,
    dumped,
    size_of,
)
from spelled import holds

LAMBDA_BYTES = 6 * (1 << 20)
HEADER_BYTES = 10_240
# A text in a line is of 8,192 characters at most, each of which JSON may spell with six.
LOG_BYTES, LOGGED_BYTES = 20_000, 50_000
# As `make corpus` has it: hostile requests that are no image.
SECONDS, SECONDS_PER_MB = 0.05, 0.3
# Who waits for another's search looks for its answer again and again.
SECONDS_PER_SECOND_WAITED = 0.01
# Of images that are decoded: a decoder's start, and the costliest kinds of pixels.
DECODE_SECONDS, DECODE_SECONDS_PER_MEGAPIXEL = 0.5, 0.6

SECRETS = tuple(CANARIES[name] for name in ("key", "token", "api key"))
PRIVATE = (CANARIES["address"], AGENT, SUBJECT, *IDENTITY.values())
# Layers of spellings that are read: in much text fewer, or it would take minutes.
_MUCH_TEXT = 20_000
_JUSTIFIED = {502, 503, 504}
_ERROR_MEMBERS = {"message", "errors", "trace_id"}


def findings(exchange: Exchange, slowness: float = 1.0) -> list[str]:
    """What does not hold. ``slowness``: of this machine, beside that of the limits."""
    if exchange.error:
        return [f"the handler raised {exchange.error[:300]}"]
    found = [*_of_status(exchange), *_of_headers(exchange), *_of_body(exchange), *_of_log(exchange)]
    return [*found, *_of_cost(exchange, slowness), *_of_canaries(exchange)]


def body_of(exchange: Exchange) -> bytes:
    """As the client reads it."""
    response = exchange.response
    body: bytes = response["body"].encode()
    if response.get("isBase64Encoded"):
        body = base64.b64decode(body, validate=True)
    if exchange.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    return body


def _of_status(exchange: Exchange) -> Iterator[str]:
    status = exchange.status
    if not 200 <= status < 600 or status == 500:
        yield f"status {status}"
    elif status >= 500 and not _is_justified(exchange):
        yield f"status {status} though nothing failed"


def _is_justified(exchange: Exchange) -> bool:
    if exchange.status not in _JUSTIFIED:
        return False
    if exchange.faults or exchange.short_of_time:
        return True
    # RFC 9111 §5.2.1.7: an answer that is not there.
    cache_control = exchange.event["headers"].get("cache-control", "")
    return exchange.status == 504 and "only-if-cached" in cache_control.lower()


def _of_headers(exchange: Exchange) -> Iterator[str]:
    headers = exchange.headers
    if (size := sum(len(f"{name}: {value}\r\n") for name, value in headers.items())) > HEADER_BYTES:
        yield f"headers of {size} bytes"
    for name, value in headers.items():
        if not (isinstance(value, str) and value.isascii() and value.isprintable()):
            yield f"header {name}: {value!r:.100}"


def _of_body(exchange: Exchange) -> Iterator[str]:
    if (size := dumped(exchange.response)) > LAMBDA_BYTES:
        yield f"a response of {size} bytes"
    try:
        body = body_of(exchange)
    except (ValueError, OSError, EOFError) as error:
        # What the table holds is handed on compressed, unread: damage is the table's.
        if not exchange.faults:
            yield f"a body that cannot be read: {error!r}"
        return
    if exchange.status >= 400 and exchange.event["requestContext"]["http"]["method"] != "HEAD":
        yield from _of_error(body)
    if b"Traceback" in body or b'File "' in body:
        yield "a stack trace in the answer"


def _of_error(body: bytes) -> Iterator[str]:
    try:
        said: Any = json.loads(body)
    except ValueError:
        yield f"an error that is no JSON: {body!r:.100}"
        return
    if not isinstance(said, dict) or not said.keys() >= _ERROR_MEMBERS:
        yield f"an error of another shape: {body!r:.100}"
    elif len(said["errors"]) > 20:
        yield f"{len(said['errors'])} errors in one answer"


def _of_log(exchange: Exchange) -> Iterator[str]:
    if "unexpected error" in exchange.log or "Traceback" in exchange.log:
        yield f"an unexpected error: {exchange.log[:1500]}"
    if '"message":"request"' not in exchange.log:
        yield "no line in the access log"
    if len(exchange.log) > LOG_BYTES + LOGGED_BYTES * len(exchange.faults):
        yield f"{len(exchange.log)} bytes of log"


def _of_cost(exchange: Exchange, slowness: float) -> Iterator[str]:
    size = size_of(exchange.event) + exchange.received
    allowed = SECONDS + SECONDS_PER_MB * size / 1e6 + SECONDS_PER_SECOND_WAITED * exchange.waited
    allowed *= slowness
    if exchange.seconds > allowed:
        yield f"{exchange.seconds:.2f} s of CPU for {size} bytes, allowed {allowed:.2f}"
    if exchange.decoder_seconds > DECODE_SECONDS * slowness:
        made = megapixels(exchange.event, exchange.objects)
        decoding = (DECODE_SECONDS + DECODE_SECONDS_PER_MEGAPIXEL * made) * slowness
        if exchange.decoder_seconds > decoding:
            yield f"{exchange.decoder_seconds:.2f} s of decoding, allowed {decoding:.2f}"
    if exchange.peak > MEGABYTES << 20:
        yield f"{exchange.peak >> 20} MB of memory"


def _of_canaries(exchange: Exchange) -> Iterator[str]:
    try:
        body = body_of(exchange).decode("utf-8", "replace")
    except (ValueError, OSError, EOFError):
        body = str(exchange.response["body"])
    headers = exchange.headers
    if exchange.names_who_asks:
        headers.pop("Content-Location", None)
    outward = (
        ("the answer", f"{headers}"),
        ("the answer", body),
        ("the log", exchange.log),
    )
    for where, text in outward:
        for canary in held(text, (*SECRETS, *PRIVATE)):
            yield f"{canary!r} in {where}"
    for where, text in exchange.sent:
        for canary in held(text, _forbidden(where)):
            yield f"{canary!r} sent to {where}"


def _forbidden(where: str) -> tuple[str, ...]:
    """Upstream is sent its key, its token and who asks; a ticket names who asked for it."""
    if where == "upstream":
        return (CANARIES["api key"], SUBJECT)
    return SECRETS if where == "table ticket" else (*SECRETS, *PRIVATE)


def held(text: str, canaries: tuple[str, ...]) -> list[str]:
    """The canaries that can be read out of the text; of long ones, out of fewer layers."""
    if len(text) <= _MUCH_TEXT:
        return holds(text, canaries)
    return [canary for canary in canaries if canary in text]
