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
from api.image_source import ImageSource
from api.request_body import parse_json
from api.request_context import API_KEY_HEADER, RequestContext
from api.responses import ClientHeaders
from api.unrouted import CATCH_ALL, SEARCH_PATH, methods_of, not_a_sha256, refusal
from image_search.cache.request_directives import RequestCacheControl
from image_search.credentials.store import CredentialsStore
from image_search.errors import (
    ImageNotFound,
    ImageSearchError,
    InternalError,
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
from image_search.uploads.searched_upload import delete_searched
from image_search.uploads.tickets import Ticket
from image_search.uploads.upload_form import UploadRequest, Uploads

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.typing import LambdaContext

_READ = ["GET", "HEAD"]
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
        app.route(f"{SEARCH_PATH}/<sha256>", method=_READ)(self.search_by_hash)
        app.post("/v2/uploads")(self.create_upload)
        app.route("/health", method=_READ)(self.get_health)
        app.route("/openapi.json", method=_READ)(self.get_openapi)
        app.not_found(self.answer_unrouted)
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
        sent = self._image_source.receive(self._request.body)
        self._request.form_parameters = sent.parameters
        parameters = self._parameters()
        image = sent.read()
        self._request.measurements.image(image)
        outcome = self._searched(caller, image.sha256, lambda: image, parameters, image.s3_uri)
        location = _location(image.sha256, outcome)
        return responses.answered(outcome, self._client_headers, int(time.time()), location)

    def search_by_hash(self, sha256: str) -> Response[str]:
        caller = self._authenticate()
        parameters = self._parameters()
        named, sha256 = sha256, sha256.lower()
        if not is_sha256(sha256):
            raise not_a_sha256()
        uri = self._bucket.upload_uri(sha256)
        try:
            outcome = self._searched(
                caller, sha256, lambda: self._uploaded(sha256), parameters, uri
            )
        except ImageNotFound as error:
            if self._request.is_head:
                raise  # a form could not be sent
            raise self._offering_upload(error, sha256, parameters) from error
        location = None if named == sha256 else _location(sha256, outcome)
        return responses.answered_by_name(outcome, self._client_headers, int(time.time()), location)

    def create_upload(self) -> Response[str]:
        caller = self._authenticate()
        parameters = self._parameters()
        self._credentials.get(parameters.site)  # an unknown site is refused now, not on the upload
        body = self._request.body
        body.check_coding()
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

    def answer_unrouted(self, _: NotFoundError) -> Response[str]:
        """404, 405, or what a path takes; also where a web page asks that of a path that is not
        there (a CORS preflight), which could else not read the 404 that follows."""
        request = self._request
        methods = methods_of(request.path)
        if request.method == "OPTIONS" and (methods or request.is_preflight):
            return responses.allowed(methods)
        return self.answer_error(refusal(request.method, request.path, request.route))

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

    @property
    def _client_headers(self) -> ClientHeaders:
        return self._request.client_headers(requires_api_key=self._settings.require_api_key)

    @cached_property
    def _openapi(self) -> bytes:
        return Path(__file__).with_name("openapi.json").read_bytes()

    def _authenticate(self) -> Caller:
        """The caller. Raises ``Unauthorized`` where a key is required and it is none of them.

        Tokens (JWT) are checked by the gateway before the function is invoked, but not for its
        catch-all routes.
        """
        if self._request.route in CATCH_ALL:
            raise RouteNotFound
        server = None
        if self._settings.require_api_key:
            server = self._credentials.caller_of(self._request.header(API_KEY_HEADER))
            if server is None:
                raise Unauthorized
        caller = Caller.from_request(self._request.event["requestContext"], server)
        self._request.caller = caller
        return caller

    def _parameters(self) -> SearchParameters:
        request, allowed = self._request, self._settings.allowed_fmt_options
        return SearchParameters.parse(request.query, allowed, request.form_parameters)

    def _searched(
        self,
        caller: Caller,
        sha256: str,
        load: Callable[[], Image],
        parameters: SearchParameters,
        image_uri: str | None,
    ) -> Outcome:
        request, client = self._request, self._client_headers
        is_upload = image_uri == self._bucket.upload_uri(sha256)
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
                has=client.have,
                image_uri=image_uri,
                renewable=self._bucket.keeps_searched or not is_upload,
                plain=not client.takes_gzip,
            )
        )
        request.measurements.cache_status = outcome.cache_status
        if is_upload and not outcome.cache_status.is_hit:
            delete_searched(self._bucket, sha256, self._logger)
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
        form = self._uploads.form_for(self._ticket(sha256, parameters))
        offer = ImageNotFound.with_form(form.to_json(), error.detail)
        offer.rate_limit = error.rate_limit
        return offer

    def _ticket(self, sha256: str, parameters: SearchParameters) -> Ticket:
        """For the search of this request, once its image is uploaded."""
        pairs = parameters.without_identity().canonical_pairs()
        end_user = self._request.end_user
        return Ticket(sha256, query_string.encode(pairs), end_user.ip, end_user.user_agent)


def _location(sha256: str, outcome: Outcome) -> str:
    """The GET that names the same answer."""
    query = outcome.canonical_query
    return f"{SEARCH_PATH}/{sha256}?{query}" if query else f"{SEARCH_PATH}/{sha256}"
