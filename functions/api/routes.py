"""The HTTP routes: each translates the event, calls a use case and translates the outcome."""

from __future__ import annotations

import time
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from api import responses
from api.content_coding import accepts_gzip
from api.image_source import ImageSource
from api.request_body import parse_json
from api.request_context import API_KEY_HEADER, RequestContext
from image_search.cache.request_directives import RequestCacheControl
from image_search.credentials.store import CredentialsStore
from image_search.errors import (
    ImageNotFound,
    ImageSearchError,
    InternalError,
    InvalidParameters,
    Problem,
    RouteNotFound,
    Unauthorized,
)
from image_search.images.image import Image
from image_search.images.sha256 import is_sha256
from image_search.limits.caller import Caller
from image_search.limits.caller_quota import CallerQuota
from image_search.parameters import query_string
from image_search.parameters.search_parameters import SearchParameters
from image_search.search.image_search import ImageSearch, Outcome
from image_search.search.request import SearchRequest
from image_search.settings import Settings
from image_search.telemetry.access_log import AccessLog
from image_search.telemetry.logger import log_unexpected
from image_search.uploads.tickets import Ticket
from image_search.uploads.upload_form import UploadRequest, Uploads

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.typing import LambdaContext

SEARCH_PATH = "/v2/image_search"
# Three members: the request has 200 bytes.
MAX_UPLOAD_REQUEST_BYTES = 1024

# Routes are called by the router, which hands them nothing but what is in the path. A variable of
# the thread's own, so that no request sees another's.
_REQUEST: ContextVar[RequestContext] = ContextVar("request")


class Routes:
    """The Lambda handler: an HTTP API event (payload 2.0) in, its response out.

    Whatever a client sends is answered; only an event that is not from an HTTP API raises.
    """

    def __init__(
        self,
        search: ImageSearch,
        uploads: Uploads,
        caller_quota: CallerQuota,
        credentials: CredentialsStore,
        settings: Settings,
        logger: Logger,
    ) -> None:
        self._search = search
        self._uploads = uploads
        self._bucket = uploads.bucket
        self._image_source = ImageSource(uploads.bucket)
        self._caller_quota = caller_quota
        self._credentials = credentials
        self._settings = settings
        self._logger = logger
        self._access_log = AccessLog(credentials, logger)
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
        request = RequestContext(event, context)
        self._logger.set_correlation_id(request.id)
        _REQUEST.set(request)
        response = self._app.resolve(event, context)
        self._access_log.write(
            request.measurements,
            request.caller,
            time.perf_counter() - started,
            route=event.get("routeKey"),
            status=response["statusCode"],
            **request.log_fields,
        )
        return response

    def prime(self) -> None:
        """What the first request would wait for, done before there is one."""
        self._search.prime()
        self._bucket.prime()

    def search_by_image(self) -> Response[str]:
        caller = self._authenticate()
        parameters = self._parameters()
        image = self._image_source.read(self._request.body)
        self._request.measurements.image(image)
        outcome = self._searched(caller, image.sha256, lambda: image, parameters, image.s3_uri)
        location = f"{SEARCH_PATH}/{image.sha256}"
        if outcome.canonical_query:
            location += f"?{outcome.canonical_query}"
        return responses.answered(outcome, self._request.client_headers, int(time.time()), location)

    def search_by_hash(self, sha256: str) -> Response[str]:
        caller = self._authenticate()
        parameters = self._parameters()
        if not is_sha256(sha256):
            raise _not_a_sha256()
        uri = self._bucket.upload_uri(sha256)
        try:
            outcome = self._searched(
                caller, sha256, lambda: self._uploaded(sha256), parameters, uri
            )
        except ImageNotFound as error:
            if self._request.is_head:
                raise  # a form could not be sent
            raise self._offering_upload(error, sha256, parameters) from error
        return responses.answered_by_name(
            outcome, self._request.client_headers, int(time.time()), head=self._request.is_head
        )

    def create_upload(self) -> Response[str]:
        caller = self._authenticate()
        parameters = self._parameters()
        self._credentials.get(parameters.site)  # an unknown site is refused now, not on the upload
        body = self._request.body
        body.check_size(MAX_UPLOAD_REQUEST_BYTES)
        upload = parse_json(UploadRequest, body.content())
        if not self._uploads.is_needed(upload):
            return responses.already_uploaded()
        rate_limit = self._caller_quota.consume(caller)  # before anything is written for them
        form = self._uploads.form_for(
            self._ticket(upload.sha256, parameters),
            content_type=upload.content_type,
            size=upload.size,
        )
        return responses.upload_offered(form, rate_limit)

    def get_health(self) -> Response[str]:
        return responses.as_json({"status": "ok"})

    def get_openapi(self) -> Response[str]:
        return responses.document(self._openapi)

    def answer_not_found(self, _: NotFoundError) -> Response[str]:
        # The router takes only some characters for a name; a path with others names no hash.
        named = self._request.path.startswith(f"{SEARCH_PATH}/")
        return self.answer_error(_not_a_sha256() if named else RouteNotFound())

    def answer_error(self, error: Exception) -> Response[str]:
        """The one place where an exception becomes a response."""
        request = self._request
        if not isinstance(error, ImageSearchError):
            log_unexpected(self._logger, error, request.identifying_values())
            error = InternalError()
        request.measurements.failed(error)
        request.log_fields = {"error": error.code, "detail": error.detail}
        return responses.failed(error, self._logger.get_correlation_id() or "")

    @property
    def _request(self) -> RequestContext:
        return _REQUEST.get()

    @cached_property
    def _openapi(self) -> bytes:
        return Path(__file__).with_name("openapi.json").read_bytes()

    def _authenticate(self) -> Caller:
        """The caller. Raises ``Unauthorized`` where a key is required and it is none of them.

        Tokens (JWT) are checked by the gateway before the function is invoked.
        """
        server = None
        if self._settings.require_api_key:
            server = self._credentials.caller_of(self._request.header(API_KEY_HEADER))
            if server is None:
                raise Unauthorized
        caller = Caller.from_request(self._request.event["requestContext"], server)
        self._request.caller = caller
        return caller

    def _parameters(self) -> SearchParameters:
        return SearchParameters.parse(self._request.query, self._settings.allowed_fmt_options)

    def _searched(
        self,
        caller: Caller,
        sha256: str,
        load: Callable[[], Image],
        parameters: SearchParameters,
        image_uri: str | None,
    ) -> Outcome:
        request = self._request
        cache_control = RequestCacheControl.parse(
            request.header("cache-control"), allow_bypass=self._settings.allow_cache_bypass
        )
        outcome = self._search.search(
            SearchRequest(
                sha256=sha256,
                load=load,
                parameters=parameters,
                end_user=request.end_user,
                caller=caller,
                deadline=request.deadline(),
                cache_control=cache_control,
                measurements=request.measurements,
                image_uri=image_uri,
                plain=not accepts_gzip(request.client_headers.accept_encoding),
            )
        )
        request.measurements.cache_status = outcome.cache_status
        return outcome

    def _uploaded(self, sha256: str) -> Image:
        try:
            return self._bucket.read_upload(sha256)
        except ImageNotFound:
            self._uploads.refuse_if_unusable(sha256)
            raise

    def _offering_upload(
        self, error: ImageNotFound, sha256: str, parameters: SearchParameters
    ) -> ImageNotFound:
        """The same error with a form, which the caller was charged for."""
        offer = ImageNotFound(
            "There is no answer for this image yet; upload it with the form, then ask again.",
            source="sha256",
            detail=error.detail,
            upload=self._uploads.form_for(self._ticket(sha256, parameters)).to_json(),
        )
        offer.rate_limit = error.rate_limit
        return offer

    def _ticket(self, sha256: str, parameters: SearchParameters) -> Ticket:
        """For the search of this request, once its image is uploaded."""
        pairs = parameters.without_identity().canonical_pairs()
        end_user = self._request.end_user
        return Ticket(sha256, query_string.encode(pairs), end_user.ip, end_user.user_agent)


def _not_a_sha256() -> InvalidParameters:
    message = "Value should be 64 lower-case hexadecimal digits"
    return InvalidParameters([Problem("invalid_parameter", message, "sha256")])
