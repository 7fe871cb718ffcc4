"""A sandbox in this process: the deployed handler, what it takes and all that it gives out."""

from __future__ import annotations

import json
import os
import resource
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from fuzz.requests.pieces import CANARIES, text_of
from fuzz.requests.world import Clock, World
from in_child import children
from wire import ENVIRONMENT, Context

MEGABYTES = 768
LINE_AND_HEADERS_BYTES = 10_240
AGENT = "Agent-Canary-06"
IDENTITY = {"i": "device-canary-04", "s": "770077007", "ui": "user-canary-05"}
SUBJECT = "subject-canary-07"

_ENVIRONMENT = {
    **ENVIRONMENT,
    "POWERTOOLS_LOG_LEVEL": "DEBUG",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MEGABYTES),
    "ALLOW_CACHE_BYPASS": "true",
    "ALLOWED_FMT_OPTIONS": "show_hidden_fields",
}
DEPLOYMENTS: dict[str, dict[str, str]] = {
    "shared": {"REFRESH_FUNCTION": "prefetch"},
    "keys": {"REQUIRE_API_KEY": "true", "SHRINK_LARGE_IMAGES": "true"},
    "user": {"CACHE_SCOPE": "user"},
    "off": {"CACHE_SCOPE": "off", "MAX_IMAGE_PIXELS": "2000000"},
}
_OTHERS = ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION")


@dataclass
class Exchange:
    """One request and what came of it. ``error``: what the handler raised, which is a finding.

    ``seconds`` of the processor: of this process, and of the decoder. ``objects``: what S3
    gave. ``names_who_asks``: whether answers are named by who asked for them.
    ``waited``: virtual seconds.
    """

    event: dict[str, Any]
    response: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    log: str = ""
    sent: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    received: int = 0
    seconds: float = 0.0
    decoder_seconds: float = 0.0
    peak: int = 0
    objects: list[bytes] = field(default_factory=list)
    short_of_time: bool = False
    names_who_asks: bool = False
    waited: float = 0.0

    @property
    def status(self) -> int:
        return int(self.response.get("statusCode", 0))

    @property
    def headers(self) -> dict[str, Any]:
        return dict(self.response.get("headers") or {})


class Sandbox:
    """``log``: a file that this process's output goes into, C's and the decoder's included."""

    def __init__(self, log: Path) -> None:
        self._log = log
        os.environ.update(_ENVIRONMENT)
        for name in _OTHERS:
            os.environ.pop(name, None)
        clock = Clock()
        clock.install()
        # Not before the clock is there: what is imported first may keep the real one.
        import api.composition

        self._build = api.composition.build
        self._world = World(clock)
        self._world.install()
        self._handlers: dict[str, Any] = {}
        self.renew()
        self._resident = resident_bytes()

    def renew(self) -> None:
        """Another sandbox in the place of this one, which remembers nothing."""
        from image_search.settings import Settings
        from logs import another_process

        for name, overrides in DEPLOYMENTS.items():
            another_process()
            settings = Settings.from_environment({**_ENVIRONMENT, **_QUOTA, **overrides})
            self._handlers[name] = self._build(settings, httpx.MockTransport(self._world.upstream))

    def run(self, case: dict[str, Any]) -> list[Exchange]:
        """One request of the case after the other, each with what it gave out."""
        self._world.begin(case)
        handler = self._handlers[case["deployment"]]
        done: list[Exchange] = []
        for request in self._world.case["requests"]:
            event = event_of(request, done[-1] if done else None)
            done.append(self._exchange(handler, event, request.get("remaining", 30)))
        return done

    def _exchange(self, handler: Any, event: dict[str, Any], remaining: float) -> Exchange:
        world, exchange = self._world, Exchange(event)
        received, sent, faults = world.received, len(world.sent), len(world.faults)
        os.truncate(self._log, 0)
        forget_peaks()
        resident = resident_bytes()
        ahead = world.clock.ahead
        decoders, own = decoder_seconds(), time.process_time()
        try:
            exchange.response = handler(event, Context(remaining))
        except Exception as error:
            exchange.error = repr(error)
        exchange.seconds = time.process_time() - own
        exchange.decoder_seconds = max(0.0, decoder_seconds() - decoders)
        exchange.log = self._log.read_text(encoding="utf-8", errors="replace")
        exchange.received = world.received - received
        exchange.sent, exchange.faults = world.sent[sent:], world.faults[faults:]
        # What the fuzzer itself has kept since it began is none of the function's.
        exchange.peak = peak_bytes() - resident + self._resident
        exchange.waited = world.clock.ahead - ahead
        exchange.names_who_asks = world.case["deployment"] in ("user", "off")
        exchange.short_of_time = remaining < 30
        exchange.objects = list(world.objects)
        return exchange


_QUOTA = {
    "SEARCHES_PER_MINUTE": "100000",
    "SEARCHES_PER_DAY": "100000",
    "SERVER_SEARCHES_PER_MINUTE": "100000",
    "SERVER_SEARCHES_PER_DAY": "100000",
}


def event_of(request: dict[str, Any], before: Exchange | None) -> dict[str, Any]:
    """An HTTP API event, payload format 2.0. ``before``: what a request may follow."""
    path, query = text_of(request.get("path", "/")), text_of(request.get("query", ""))
    headers = {name: text_of(value) for name, value in request.get("headers", ())}
    location = before.headers.get("Content-Location") if before else None
    if request.get("follow") and before is not None and location is not None:
        path, _, query = location.partition("?")
        headers["if-none-match"] = before.headers.get("ETag", "")
    if request.get("identity"):
        query = "&".join((query, *(f"{name}={value}" for name, value in IDENTITY.items())))
    if request.get("api_key"):
        right = request["api_key"] == "right"
        headers["x-api-key"] = CANARIES["api key"] if right else CANARIES["api key"][:-1]
    path, query, headers = _as_the_gateway_takes(path, query, headers)
    headers["user-agent"] = AGENT + headers.get("user-agent", "")
    if named := headers.get("x-forwarded-for"):
        headers["x-forwarded-for"] = f"{named}, {CANARIES['address']}"  # as the gateway adds it
    method = request.get("method", "GET")
    body = request.get("body")
    as_text = not request.get("base64", True)
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": f"{method} {path}"[:100],
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "http": {
                "method": method,
                "path": path,
                "sourceIp": CANARIES["address"],
                "userAgent": headers["user-agent"],
            },
            "requestId": "request-1",
            "stage": "$default",
        },
        "isBase64Encoded": body is not None and not as_text,
    }
    if body is not None:
        event["body"] = text_of(body if as_text else {"base64": body})
    if "subject" in request:
        claims = {"sub": SUBJECT + text_of(request["subject"])}
        event["requestContext"]["authorizer"] = {"jwt": {"claims": claims}}
    return event


def _as_the_gateway_takes(
    path: str, query: str, headers: dict[str, str]
) -> tuple[str, str, dict[str, str]]:
    """Cut to what fits: more than that never reaches the function."""
    left = LINE_AND_HEADERS_BYTES
    texts = []
    for text in (path, query, *headers.values()):
        texts.append(text[:left])
        left -= len(texts[-1])
    return texts[0], texts[1], dict(zip(headers, texts[2:], strict=True))


def size_of(event: dict[str, Any]) -> int:
    """Bytes, about as many as Lambda gets."""
    headers = sum(len(name) + len(value) for name, value in event["headers"].items())
    return (
        len(event.get("body", "")) + len(event["rawPath"]) + len(event["rawQueryString"]) + headers
    )


def limit_memory() -> None:
    """Before the machine runs short of it: what a case takes is measured."""
    resource.setrlimit(resource.RLIMIT_DATA, (2 * MEGABYTES << 20,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def forget_peaks() -> None:
    """Or what it took to make a case would be taken for what it costs (proc(5))."""
    for process in ("self", *children()):
        with suppress(OSError):  # of one that has just ended
            Path("/proc", process, "clear_refs").write_text("5")


def resident_bytes() -> int:
    """Of this process's memory, without its decoders."""
    return _status("self", "VmRSS") * 1024


def peak_bytes() -> int:
    """Of resident memory, this process's and its decoders', at most since they were forgotten."""
    return sum(_status(process, "VmHWM") for process in ("self", *children())) * 1024


def _status(process: str, name: str) -> int:
    try:
        lines = Path("/proc", process, "status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)


def decoder_seconds() -> float:
    """Of the processor, of all decoders, those that have ended included."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    ticks = 0
    for process in children():
        try:
            fields = Path("/proc", process, "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ended.ru_utime + ended.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


def dumped(response: dict[str, Any]) -> int:
    """Bytes of a response as Lambda counts them."""
    return len(json.dumps(response))
