"""The HTTP routes: each translates the event, calls a use case and translates the outcome."""

from __future__ import annotations

import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from image_search import responses, upload_search
from image_search.budgets import Budgets
from image_search.cache_control import RequestCacheControl
from image_search.caller import Caller
from image_search.credentials import CredentialsStore
from image_search.deadline import Deadline
from image_search.errors import (
    ImageNotFound,
    ImageSearchError,
    InternalError,
    InvalidParameters,
    Problem,
    RouteNotFound,
    Unauthorized,
)
from image_search.images import Image
from image_search.logs import log_unexpected
from image_search.object_store import ObjectStore
from image_search.observations import Observations
from image_search.parameters import IDENTITY, SearchParameters
from image_search.request_body import RequestBody, parse_json
from image_search.request_line import RequestLine
from image_search.responses import ClientHeaders
from image_search.search import ImageSearch, Outcome
from image_search.search_request import SearchRequest
from image_search.settings import CacheScope, Settings
from image_search.sha256 import is_sha256
from image_search.shopper import Shopper
from image_search.sources import ImageSources
from image_search.uploads import UploadRequest, Uploads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.typing import LambdaContext

SEARCH_PATH = "/v2/image_search"
API_KEY_HEADER = "x-api-key"
API_SECONDS = 28.0
"""HTTP APIs give up after 30 s, of which a cold start may take a part."""
ANSWER_SECONDS = 1.0
"""Kept back to write and send the answer."""


class Routes:
    """The Lambda handler: an HTTP API event (payload 2.0) in, its response out.

    Whatever a client sends is answered; only an event that is not from an HTTP API raises.
    """

    def __init__(
        self,
        search: ImageSearch,
        store: ObjectStore,
        budgets: Budgets,
        credentials: CredentialsStore,
        settings: Settings,
        logger: Logger,
    ) -> None:
        self._search = search
        self._store = store
        self._sources = ImageSources(store)
        self._uploads = Uploads(store)
        self._budgets = budgets
        self._credentials = credentials
        self._settings = settings
        self._logger = logger
        self._line = RequestLine(credentials, logger)
        self._seen = Observations()
        self._caller: Caller | None = None
        self._about: dict[str, str] = {}
        self._app = app = APIGatewayHttpResolver()
        app.post(SEARCH_PATH)(self.search_by_image)
        app.route(f"{SEARCH_PATH}/<sha256>", method=["GET", "HEAD"])(self.search_by_hash)
        app.post("/v2/uploads")(self.create_upload)
        app.get("/health")(self.get_health)
        app.get("/openapi.json")(self.get_openapi)
        app.not_found(self.answer_not_found)
        app.exception_handler(Exception)(self.answer_error)

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        started = time.perf_counter()
        request_id = event.get("requestContext", {}).get("requestId", context.aws_request_id)
        self._logger.set_correlation_id(request_id)
        self._seen, self._caller, self._about = Observations(), None, {}
        response = self._app.resolve(event, context)
        self._line.write(
            self._seen,
            self._caller,
            time.perf_counter() - started,
            route=event.get("routeKey"),
            status=response["statusCode"],
            **self._about,
        )
        return response

    def prime(self) -> None:
        """What the first request would wait for, done before there is one."""
        self._search.prime()
        self._store.prime()

    def search_by_image(self) -> Response[str]:
        caller = self._admit()
        parameters = self._parameters()
        image = self._sources.read(self._body())
        self._seen.image(image)
        request = self._search_request(
            caller, image.sha256, lambda: image, parameters, image.s3_uri
        )
        outcome = self._searched(request)
        location = f"{SEARCH_PATH}/{image.sha256}"
        if outcome.canonical_query:
            location += f"?{outcome.canonical_query}"
        return responses.answered(outcome, self._client(), int(time.time()), location)

    def search_by_hash(self, sha256: str) -> Response[str]:
        caller = self._admit()
        parameters = self._parameters()
        if not is_sha256(sha256):
            raise _no_sha256()
        request = self._search_request(
            caller,
            sha256,
            lambda: self._uploaded(sha256, parameters),
            parameters,
            self._store.upload_uri(sha256),
        )
        return responses.answered_by_name(
            self._searched(request),
            self._client(),
            int(time.time()),
            head=self._app.current_event.http_method == "HEAD",
        )

    def create_upload(self) -> Response[str]:
        caller = self._admit()
        parameters = self._parameters()
        self._credentials.get(parameters.site)  # an unknown site is told now, not on the upload
        search = self._search_on_upload(parameters)
        request = parse_json(UploadRequest, self._body().content())
        form = self._uploads.request_upload(request, search)
        if form is None:
            return responses.already_uploaded()
        return responses.upload_offered(form, self._budgets.spend(caller))

    def get_health(self) -> Response[str]:
        return responses.as_json({"status": "ok"})

    def get_openapi(self) -> Response[str]:
        return responses.document(self._openapi)

    def answer_not_found(self, _: NotFoundError) -> Response[str]:
        # The router takes only some characters for a name; whatever it is, it is no hash.
        named = self._app.current_event.path.startswith(f"{SEARCH_PATH}/")
        return self.answer_error(_no_sha256() if named else RouteNotFound())

    def answer_error(self, error: Exception) -> Response[str]:
        """The one place where an exception becomes a response."""
        if not isinstance(error, ImageSearchError):
            log_unexpected(self._logger, error, self._private())
            error = InternalError()
        self._seen.failed(error)
        self._about = {"error": error.code, "detail": error.detail}
        return responses.failed(error, self._logger.get_correlation_id() or "")

    def _admit(self) -> Caller:
        """Who asks. Raises ``Unauthorized`` where the deployment asks for a key, and it is none."""
        context = self._app.current_event.raw_event["requestContext"]
        server = None
        if self._settings.require_api_key:
            server = self._credentials.caller_of(self._header(API_KEY_HEADER))
            if server is None:
                raise Unauthorized
        self._caller = Caller.from_request(context, server)
        return self._caller

    def _searched(self, request: SearchRequest) -> Outcome:
        outcome = self._search.search(request)
        self._seen.cache_status = outcome.cache_status
        return outcome

    def _private(self) -> Iterator[str]:
        """What of the request at hand tells who asks."""
        event = self._app.current_event
        pairs = parse_qsl(event.raw_event.get("rawQueryString", ""), errors="replace")
        yield from (value for name, value in pairs if name in IDENTITY)
        yield from (self._shopper().ip, self._header("user-agent"))
        if self._caller is not None:
            yield self._caller.identity.get_secret_value().partition(":")[2]

    @cached_property
    def _openapi(self) -> bytes:
        return Path(__file__).with_name("openapi.json").read_bytes()

    def _uploaded(self, sha256: str, parameters: SearchParameters) -> Image:
        try:
            return self._store.read_upload(sha256)
        except ImageNotFound as error:
            raise ImageNotFound(
                "There is no answer for this image yet; upload it with the form, then ask again.",
                source="sha256",
                detail=error.detail,
                upload=self._uploads.form_for(sha256, self._search_on_upload(parameters)).to_json(),
            ) from error

    def _search_on_upload(self, parameters: SearchParameters) -> str | None:
        """Only an answer that is everyone's can be had before it is known who asks."""
        if self._settings.cache_scope is not CacheScope.SHARED:
            return None
        return upload_search.encode(parameters)

    def _search_request(
        self,
        caller: Caller,
        sha256: str,
        load: Callable[[], Image],
        parameters: SearchParameters,
        image_uri: str | None,
    ) -> SearchRequest:
        cache_control = RequestCacheControl.parse(
            self._header("cache-control"), allow_bypass=self._settings.allow_cache_bypass
        )
        return SearchRequest(
            sha256=sha256,
            load=load,
            parameters=parameters,
            shopper=self._shopper(),
            caller=caller,
            deadline=self._deadline(),
            cache_control=cache_control,
            observations=self._seen,
            image_uri=image_uri,
        )

    def _parameters(self) -> SearchParameters:
        raw_query = self._app.current_event.raw_event.get("rawQueryString", "")
        return SearchParameters.parse(raw_query, self._settings.allowed_fmt_options)

    def _body(self) -> RequestBody:
        event = self._app.current_event
        return RequestBody(
            text=event.body or "",
            is_base64=bool(event.is_base64_encoded),
            content_type=self._header("content-type"),
        )

    def _client(self) -> ClientHeaders:
        return ClientHeaders(self._header("accept-encoding"), self._header("if-none-match"))

    def _shopper(self) -> Shopper:
        source_ip = self._app.current_event.raw_event["requestContext"]["http"]["sourceIp"]
        return Shopper.from_request(source_ip, self._header("user-agent"))

    def _deadline(self) -> Deadline:
        context: LambdaContext = self._app.lambda_context
        remaining = context.get_remaining_time_in_millis() / 1000
        return Deadline.after(min(API_SECONDS, remaining) - ANSWER_SECONDS)

    def _header(self, name: str) -> str:
        # As the event has them, in lower case: Powertools copies all for each that is asked for.
        return self._app.current_event.raw_event["headers"].get(name) or ""


def _no_sha256() -> InvalidParameters:
    message = "Value should be 64 lower-case hexadecimal digits"
    return InvalidParameters([Problem("invalid_parameter", message, "sha256")])
