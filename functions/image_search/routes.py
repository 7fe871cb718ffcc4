"""The HTTP routes: each translates the event, calls the use case and translates the outcome."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from image_search import responses
from image_search.deadline import Deadline
from image_search.errors import ImageSearchError, InternalError, RouteNotFound
from image_search.parameters import SearchParameters
from image_search.search import ImageSearch
from image_search.search_request import SearchRequest
from image_search.settings import Settings
from image_search.shopper import Shopper
from image_search.sources import ImageSources, RequestBody

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.typing import LambdaContext

API_SECONDS = 28.0
"""HTTP APIs give up after 30 s, of which a cold start may take a part."""
ANSWER_SECONDS = 1.0
"""Kept back to write and send the answer."""


class Routes:
    """The Lambda handler: an HTTP API event (payload 2.0) in, its response out.

    Whatever a client sends is answered; only an event that is not from an HTTP API raises.
    """

    def __init__(
        self, search: ImageSearch, sources: ImageSources, settings: Settings, logger: Logger
    ) -> None:
        self._search = search
        self._sources = sources
        self._settings = settings
        self._logger = logger
        self._app = APIGatewayHttpResolver()
        self._app.post("/v2/image_search")(self.search_by_body)
        self._app.get("/health")(responses.healthy)
        self._app.not_found(self.answer_not_found)
        self._app.exception_handler(Exception)(self.answer_error)

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        started = time.perf_counter()
        request_id = event.get("requestContext", {}).get("requestId", context.aws_request_id)
        self._logger.set_correlation_id(request_id)
        self._logger.remove_keys(["error", "detail"])
        response = self._app.resolve(event, context)
        self._logger.info(
            "request",
            route=event.get("routeKey"),
            status=response["statusCode"],
            cache_status=response["headers"].get("Cache-Status"),
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )
        return response

    def search_by_body(self) -> Response[str]:
        event = self._app.current_event
        parameters = SearchParameters.parse(
            event.raw_event.get("rawQueryString", ""), self._settings.allowed_fmt_options
        )
        image = self._sources.read(
            RequestBody(
                text=event.body or "",
                is_base64=bool(event.is_base64_encoded),
                content_type=event.headers.get("content-type") or "",
            )
        )
        request = SearchRequest(image, parameters, self._shopper(), self._deadline())
        outcome = self._search.search(request)
        return responses.answered(
            outcome,
            accept_encoding=event.headers.get("accept-encoding") or "",
            now=int(time.time()),
        )

    def answer_not_found(self, _: NotFoundError) -> Response[str]:
        return self.answer_error(RouteNotFound())

    def answer_error(self, error: Exception) -> Response[str]:
        """The one place where an exception becomes a response."""
        if not isinstance(error, ImageSearchError):
            self._logger.exception("unexpected error")
            error = InternalError()
        else:
            self._logger.append_keys(error=error.code, detail=error.detail)
        return responses.failed(error, self._logger.get_correlation_id() or "")

    def _shopper(self) -> Shopper:
        event = self._app.current_event
        source_ip = event.raw_event["requestContext"]["http"]["sourceIp"]
        return Shopper.from_request(source_ip, event.headers.get("user-agent"))

    def _deadline(self) -> Deadline:
        context: LambdaContext = self._app.lambda_context
        remaining = context.get_remaining_time_in_millis() / 1000
        return Deadline.after(min(API_SECONDS, remaining) - ANSWER_SECONDS)
