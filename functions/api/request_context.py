"""One request at hand: the gateway's event, and what is learned of it on the way.

A new one for each invocation, so that nothing of one request can be seen by the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from api.request_body import RequestBody
from api.responses import ClientHeaders
from image_search.credentials.secret import LONGEST
from image_search.deadline import Deadline
from image_search.errors import InvalidParameters, Problem
from image_search.limits.caller import Caller
from image_search.parameters.query_string import Pairs
from image_search.parameters.search_parameters import IDENTITY
from image_search.telemetry.measurements import Measurements
from image_search.upstream.end_user import EndUser

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

API_KEY_HEADER = "x-api-key"
# HTTP APIs give up after 30 s, of which a cold start may take a part.
API_SECONDS = 28.0
# Kept back to write and send the answer.
ANSWER_SECONDS = 1.0
# As the gateway takes at most; another may take more, of which the HTTP client makes no URL, once
# it is percent-encoded and over 64 KB.
MAX_QUERY_BYTES = 10_240
# Characters of a header that are read: beyond them are no values that anyone means. The gateway
# takes 10,240 bytes of request line and headers in all.
MAX_HEADER = 1_000
MAX_HEADERS = {
    "if-none-match": 4_096,
    "user-agent": 10_240,
    # Its last entry counts, and what stands before that comes from anyone.
    "x-forwarded-for": 10_240,
    API_KEY_HEADER: LONGEST,
}


@dataclass
class RequestContext:
    """``event``: an HTTP API's, payload 2.0. ``caller``: None until it is authenticated.

    ``form_parameters``: those that came in its form. ``log_fields``: what its line in the access
    log says of an error.
    """

    event: dict[str, Any]
    lambda_context: LambdaContext
    measurements: Measurements = field(default_factory=Measurements)
    caller: Caller | None = None
    form_parameters: Pairs = ()
    log_fields: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The gateway's id of the request, which clients get as ``trace_id``."""
        gateway: dict[str, Any] = self.event.get("requestContext", {})
        return str(gateway.get("requestId", self.lambda_context.aws_request_id))

    @property
    def path(self) -> str:
        return str(self.event.get("rawPath", ""))

    @property
    def raw_query(self) -> str:
        # Not queryStringParameters, in which the gateway joins repeated values with commas.
        return str(self.event.get("rawQueryString", ""))

    @property
    def query(self) -> str:
        """The raw query. Raises ``InvalidParameters`` for one that is too long."""
        size = len(self.raw_query.encode("utf-8", "surrogatepass"))
        if size > MAX_QUERY_BYTES:
            message = f"The query string has {size} bytes; at most {MAX_QUERY_BYTES} are taken."
            raise InvalidParameters([Problem("invalid_parameter", message)])
        return self.raw_query

    @property
    def route(self) -> str:
        """The key of the gateway's route that took it, as ``GET /health``."""
        return str(self.event.get("routeKey", ""))

    @property
    def method(self) -> str:
        return str(self.event["requestContext"]["http"]["method"])

    @property
    def is_preflight(self) -> bool:
        """Whether a browser asks if a web page may send a request (Fetch, CORS)."""
        return bool(self.header("origin") and self.header("access-control-request-method"))

    @property
    def has_token(self) -> bool:
        """Whether the gateway has verified a token (JWT)."""
        return bool((self.event["requestContext"].get("authorizer") or {}).get("jwt"))

    @property
    def is_head(self) -> bool:
        return self.method == "HEAD"

    @property
    def body(self) -> RequestBody:
        return RequestBody(
            text=self.event.get("body") or "",
            is_base64=bool(self.event.get("isBase64Encoded")),
            content_type=self.header("content-type"),
            content_encoding=self.header("content-encoding"),
        )

    def client_headers(self, *, requires_api_key: bool) -> ClientHeaders:
        """A POST cannot be answered with 304, so its condition is left out (RFC 9110 §13.1.2)."""
        return ClientHeaders(
            self.header("accept-encoding"),
            self.header("if-none-match") if self.method != "POST" else "",
            authenticated=requires_api_key or self.has_token,
        )

    @property
    def end_user(self) -> EndUser:
        """A server that has an API key is trusted to name its own."""
        source_ip = self.event["requestContext"]["http"]["sourceIp"]
        trusted = self.caller is not None and self.caller.names_end_user
        forwarded_for = self.header("x-forwarded-for") if trusted else ""
        return EndUser.from_request(source_ip, self.header("user-agent"), forwarded_for)

    def header(self, name: str) -> str:
        """``name`` in lower case, as the event has them; empty if there is none, or one that is
        too long to mean anything."""
        # Powertools copies all headers for each that is asked for.
        value = self.event["headers"].get(name) or ""
        return value if len(value) <= MAX_HEADERS.get(name, MAX_HEADER) else ""

    def deadline(self) -> Deadline:
        """By when the search must have come to an end; from now on."""
        remaining = self.lambda_context.get_remaining_time_in_millis() / 1000
        return Deadline.after(min(API_SECONDS, remaining) - ANSWER_SECONDS)

    def identifying_values(self) -> Iterator[str]:
        """What of the request identifies a person, to be removed from unexpected texts."""
        pairs = (*parse_qsl(self.raw_query, errors="replace"), *self.form_parameters)
        yield from (value for name, value in pairs if name in IDENTITY)
        yield from (self.end_user.ip, self.header("user-agent"))
        yield from (each.strip() for each in self.header("x-forwarded-for").split(","))
        if self.caller is not None:
            yield self.caller.identity.get_secret_value().partition(":")[2]
