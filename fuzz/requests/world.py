"""What is around the handler, at the wire: DynamoDB, S3, Lambda, Secrets Manager and upstream.

Each answers as a case says. Time is virtual: to sleep takes none, and a day passes between cases,
so that nothing a sandbox remembers of one is left for the next.
"""

from __future__ import annotations

import http.client
import json
import re
import time
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import httpx
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError

from fuzz.requests.pieces import CANARIES, MOST_BYTES, quoting_only, render, text_of
from image_search import bounded_gzip, bounded_json
from image_search.aws.session import session
from schedules.expressions import Attributes, holds, updated

DAY = 86_400.0
_REGION = re.compile(r"[a-z]{2}-[a-z]+-\d")
_REAL_TIME, _REAL_MONOTONIC, _REAL_COUNTER = time.time, time.monotonic, time.perf_counter
# Of the same credentials, as answers are searched for those that upstream was sent.
_ELSEWHERE = {"uk": {"key": CANARIES["key"], "token": CANARIES["token"]}}
SECRET = {
    "key": CANARIES["key"],
    "token": CANARIES["token"],
    "sites": _ELSEWHERE,
    "api_keys": {"web": CANARIES["api key"]},
}
_ERRORS = {
    "throttled": (400, "ProvisionedThroughputExceededException"),
    "denied": (400, "AccessDeniedException"),
    "broken": (500, "InternalServerError"),
    "condition": (400, "ConditionalCheckFailedException"),
}
# Whom a case may have quote what: no client knows a secret, nor upstream a caller's.
_AWS = ("key", "token", "api key")
_QUOTED = {"upstream": ("key", "token", "address"), "table": _AWS, "s3": _AWS, "lambda": _AWS}
_CUT_OFF = ("timeout", "reset")


@dataclass
class Clock:
    """``install`` before anything of the functions is imported: some keep ``time.time`` itself."""

    ahead: float = 0.0

    def install(self) -> None:
        time.sleep = self.pass_by  # type: ignore[assignment]
        time.time = lambda: _REAL_TIME() + self.ahead
        time.monotonic = lambda: _REAL_MONOTONIC() + self.ahead
        time.perf_counter = lambda: _REAL_COUNTER() + self.ahead

    def pass_by(self, seconds: float) -> None:
        self.ahead += max(0.0, seconds)


@dataclass
class World:
    """What the case at hand has outside, and all that was sent there.

    ``sent``: texts that went to AWS or upstream, by where. ``received``: bytes that came from
    there, decompressed. ``faults``: what was not as it should be.
    """

    clock: Clock
    case: dict[str, Any] = field(default_factory=dict)
    items: dict[str, Attributes] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)
    received: int = 0
    faults: list[str] = field(default_factory=list)
    objects: list[bytes] = field(default_factory=list)
    _calls: dict[str, int] = field(default_factory=dict)

    def begin(self, case: dict[str, Any]) -> None:
        self.clock.pass_by(DAY)
        self.case = {name: quoting_only(said, _QUOTED.get(name, ())) for name, said in case.items()}
        for said in self.case.get("table", ()):
            # What is stored was searched for secrets before.
            said["item"] = quoting_only(said.get("item", []), ())
        for said in self.case.get("upstream", ()):
            if said.get("error") == "connect":
                # Where nothing was sent, nothing that was sent is quoted.
                said["body"] = quoting_only(said.get("body", ""), ("key", "token"))
        self.received = 0
        for each in (self.items, self.sent, self.faults, self.objects, self._calls):
            each.clear()

    def next_of(self, kind: str) -> Any:
        """What the case says of the next call of this kind; None when it says nothing."""
        said = self.case.get(kind) or [None]
        at = self._calls[kind] = self._calls.get(kind, -1) + 1
        return said[at % len(said)]

    def install(self) -> None:
        """In the place of the network."""
        world = self

        def connect(connection: http.client.HTTPSConnection) -> None:
            connection.sock = _Socket(world)

        http.client.HTTPSConnection.connect = connect  # type: ignore[method-assign, assignment]
        events = session().get_component("event_emitter")
        events.register_first("before-send.s3", lambda request, **_: world.s3(request))
        events.register_first("before-send.lambda", lambda request, **_: world.lambda_(request))

    def json_service(self, target: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of DynamoDB's and Secrets Manager's answers."""
        service, _, operation = target.partition(".")
        if service == "secretsmanager":
            return 200, json.dumps({"SecretString": json.dumps(SECRET)}).encode()
        call = json.loads(body)
        key = (call.get("Key") or call["Item"])["pk"]["S"]
        self.sent.append((f"table {key.partition('#')[0]}", body.decode()))
        said = self.next_of("table")
        if said is not None and said.get("of", operation) == operation:
            self.faults.append(f"table {said.get('fault')}")
            answer = self._faulty(said, operation, call)
            if answer is not None:
                self.received += len(answer[1])
                return answer
        return self._table(operation, key, call)

    def _faulty(self, said: dict[str, Any], operation: str, call: Any) -> tuple[int, bytes] | None:
        """None where the call is answered as usual after all."""
        fault = said["fault"]
        if fault in _CUT_OFF:
            raise TimeoutError if fault == "timeout" else ConnectionResetError
        if fault in _ERRORS:
            status, code = _ERRORS[fault]
            if fault == "condition" and "ConditionExpression" not in call:
                return None
            error = {"__type": f"com.amazonaws#{code}", "message": text_of(said.get("body", ""))}
            if "item" in said:
                error["Item"] = self._item(said, call)
            return status, json.dumps(error).encode()
        if fault == "item":
            if operation != "GetItem":
                return None
            return 200, json.dumps({"Item": self._item(said, call)}).encode()
        return said.get("status", 200), render(said.get("body", ""))

    def _item(self, said: dict[str, Any], call: Any) -> Any:
        """Attributes of any type and content beside the key."""
        key = (call.get("Key") or call["Item"])["pk"]
        now = time.time()
        item = {"pk": key}
        for name, kind, value in said.get("item", ()):
            if kind in ("seconds", "milliseconds"):
                scale = 1 if kind == "seconds" else 1000
                item[name] = {"N": str(int((now + value) * scale))}
            elif kind in ("S", "N", "B"):
                item[name] = {kind: text_of(value)}
            else:
                item[name] = {kind: value}
        return item

    def _table(self, operation: str, key: str, call: Any) -> tuple[int, bytes]:
        before = self.items.get(key, {})
        if operation == "GetItem":
            return 200, json.dumps({"Item": before} if before else {}).encode()
        values = call.get("ExpressionAttributeValues", {})
        if not holds(call.get("ConditionExpression", ""), before, values):
            error = {"__type": "com.amazonaws#ConditionalCheckFailedException", "Item": before}
            return 400, json.dumps(error).encode()
        after: Attributes = {}
        if operation == "PutItem":
            after = call["Item"]
        elif operation == "UpdateItem":
            after = updated(call["UpdateExpression"], call["Key"], before, values)
        self.items[key] = after
        returned = after if "NEW" in call.get("ReturnValues", "NONE") else before
        answer = {"Attributes": returned} if call.get("ReturnValues", "NONE") != "NONE" else {}
        return 200, json.dumps(answer).encode()

    def s3(self, request: Any) -> AWSResponse:
        said_of = f"{request.url} {_without_signature(request.headers)} {request.body!r}"
        self.sent.append(("s3", said_of))
        said = self.next_of("s3") or {"status": 404}
        status = said.get("status", 200)
        if status not in (200, 404) or "length" in said:
            self.faults.append(f"s3 {status}")
        if status == 0:
            raise ReadTimeoutError(endpoint_url=request.url)
        content = render(said.get("body", ""))
        self.received += len(content)
        self.objects.append(content)
        headers = HTTPHeaders()
        headers["Content-Length"] = str(said.get("length", len(content)))
        for name, value in said.get("headers", ()):
            headers[name] = _header(name, text_of(value))
        body = b"" if request.method == "HEAD" else content
        return AWSResponse(request.url, status, headers, _Raw(body))

    def lambda_(self, request: Any) -> AWSResponse:
        self.sent.append(("lambda", f"{request.url} {request.body!r}"))
        said = self.next_of("lambda") or {}
        return AWSResponse(request.url, said.get("status", 202), HTTPHeaders(), _Raw(b""))

    def upstream(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.sent.append(("upstream", f"{request.url} {_without_signature(request.headers)}"))
        said = self.next_of("upstream") or {"body": '{"response":{"results":[]}}'}
        if request.headers.get("x-forwarded-for") != CANARIES["address"]:
            # A server named its end user: upstream quotes no address that it was not sent.
            said = quoting_only(said, ("key", "token"))
        content = render(said.get("body", ""))
        headers = [
            (name.encode("utf-8", "replace"), render(value).replace(b"\n", b" "))
            for name, value in said.get("headers", ())
        ]
        sound, size = _soundness(said, content)
        self.received += size
        if not sound:
            self.faults.append("upstream")
        quoted = text_of(said.get("body", ""))
        match said.get("error"):
            case "connect":
                raise httpx.ConnectError(quoted)
            case "connect timeout":
                raise httpx.ConnectTimeout(quoted)
            case "timeout":
                raise httpx.ReadTimeout(quoted)
            case "protocol":
                raise httpx.RemoteProtocolError(quoted)
        stream = _Stream(content, cut_off=said.get("error") == "cut off")
        return httpx.Response(said.get("status", 200), headers=headers, stream=stream)


def _header(name: str, value: str) -> str:
    """As ``http.client`` reads it. S3 names regions that there are: they are remembered."""
    if name.lower() == "x-amz-bucket-region" and not _REGION.fullmatch(value):
        return "eu-central-1"
    return value.encode("utf-8", "surrogatepass").decode("latin-1")


def _soundness(said: dict[str, Any], content: bytes) -> tuple[bool, int]:
    """Whether it is a search's answer, and its size without gzip."""
    try:
        plain = bounded_gzip.decompress(content, 4 * MOST_BYTES)
    except ValueError as error:
        too_large = isinstance(error, bounded_gzip.TooLarge)
        plain = b" " * (4 * MOST_BYTES) if too_large else content
    try:
        value = bounded_json.read(plain.decode())
    except ValueError:
        return False, len(plain)
    answers = isinstance(value, dict) and isinstance(value.get("response"), dict)
    as_usual = said.get("status", 200) == 200 and "error" not in said
    coded = [text_of(each) for name, each in said.get("headers", ()) if name == "content-encoding"]
    named = (plain is content) is (coded != ["gzip"])
    return answers and as_usual and named and len(plain) < 1_000_000, len(plain)


class _Stream(httpx.SyncByteStream):
    def __init__(self, content: bytes, *, cut_off: bool) -> None:
        self._content = content
        self._cut_off = cut_off

    def __iter__(self) -> Any:
        for at in range(0, len(self._content), 65_536):
            yield self._content[at : at + 65_536]
        if self._cut_off:
            raise httpx.ReadError("cut off")


def _without_signature(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() != "authorization"}


class _Raw(BytesIO):
    """A body as botocore reads it from urllib3."""

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self.read()

    def read(self, amt: int | None = None, **_: Any) -> bytes:
        return super().read(-1 if amt is None else amt)


class _Socket:
    """A connection to DynamoDB or Secrets Manager that is closed after its first answer."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sent = b""

    def sendall(self, data: bytes) -> None:
        self._sent += data

    def makefile(self, mode: str) -> BytesIO:
        return _Answer(self._answer)

    def _answer(self) -> tuple[int, bytes]:
        head, _, body = self._sent.partition(b"\r\n\r\n")
        target = head.partition(b"X-Amz-Target: ")[2].partition(b"\r\n")[0].decode()
        return self._world.json_service(target.replace("DynamoDB_20120810", "dynamodb"), body)

    def settimeout(self, seconds: float) -> None:
        """Nothing here takes time."""

    def close(self) -> None:
        """Nothing is open."""


class _Answer(BytesIO):
    """Made when it is read: nothing is answered before all is sent."""

    def __init__(self, make: Any) -> None:
        super().__init__()
        self._make = make

    def readline(self, size: int | None = -1) -> bytes:
        if self._make is not None:
            make, self._make = self._make, None
            status, body = make()
            head = (
                f"HTTP/1.1 {status} Played",
                f"content-length: {len(body)}",
                "connection: close",
            )
            self.write("\r\n".join((*head, "\r\n")).encode() + body)
            self.seek(0)
        return super().readline(size)
