"""The Lambda handler: an upload starts its search, so that the client's own is a hit.

It also renews answers that near their end, as the API's messages ask. Each search takes a ticket,
so that none is made twice, whatever is delivered or tried again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from image_search.deadline import Deadline
from image_search.errors import (
    CorruptImage,
    EmptyImage,
    ImageDimensionsExceeded,
    ImageSearchError,
    ImageTooLarge,
    RequestError,
    UnprocessableImage,
    UnsupportedMediaType,
    WrongDigest,
)
from image_search.parameters.search_parameters import SearchParameters
from image_search.search.image_search import ImageSearch, SearchedAhead
from image_search.search.refresh_message import RefreshMessage
from image_search.settings import CacheScope, Settings
from image_search.telemetry import metrics
from image_search.telemetry.logger import log_unexpected
from image_search.telemetry.measurements import Measurements
from image_search.telemetry.metrics import Metric
from image_search.uploads.bucket import ImageBucket, StoredImage
from image_search.uploads.outcomes import Outcomes
from image_search.uploads.searched_upload import delete_searched
from image_search.uploads.tickets import NoTicket, Ticket, Tickets
from prefetch.background_request import background_request
from prefetch.refresh import Refresh
from prefetch.s3_event import Upload, uploads_of

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.typing import LambdaContext

# Kept back to store the answer, or to log what went wrong.
RESERVED_SECONDS = 1.0

_UNUSABLE = (
    EmptyImage,
    UnsupportedMediaType,
    ImageTooLarge,
    CorruptImage,
    ImageDimensionsExceeded,
)


class Result(StrEnum):
    """What came of an upload, or of an answer to renew; the first three as ``SearchedAhead``."""

    SEARCHED = "searched"
    CACHED = "cached"  # its answer was there already
    NOT_LEASED = "not-leased"  # another makes the same search, or its answer could not be kept
    REFRESHED = "refreshed"
    SUPERSEDED = "superseded"  # another request renews the answer, or has done so
    NO_SEARCH = "no-search"  # there is no ticket for it, for the reason in `detail`
    DELETED = "deleted"  # no search can use it
    REFUSED = "refused"  # its search cannot succeed, and another try would not change that
    FAILED = "failed"


class PrefetchFailed(Exception):
    """Makes Lambda try again; the text is an error's code, as it goes to plain logs."""


class Prefetch:
    """An S3 event or a refresh message in, an answer in the cache; returns nothing."""

    def __init__(
        self,
        search: ImageSearch,
        bucket_of: Callable[[str], ImageBucket],
        tickets: Tickets,
        outcomes: Outcomes,
        settings: Settings,
        logger: Logger,
    ) -> None:
        self._search = search
        self._bucket_of = bucket_of
        self._tickets = tickets
        self._outcomes = outcomes
        self._settings = settings
        self._logger = logger
        self._refresh = Refresh(search, bucket_of, settings)

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> None:
        """Raises ``PrefetchFailed`` when the event is worth another try."""
        if self._settings.cache_scope is not CacheScope.SHARED:
            return  # whose search it will be is not known here, or answers are not kept
        self._logger.set_correlation_id(context.aws_request_id)
        deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000 - RESERVED_SECONDS)
        try:
            message = RefreshMessage.from_event(event)
            uploads = () if message else tuple(uploads_of(event))
        except ValueError as error:
            # Raised, it would come again, be the same, and lie in a queue.
            self._logger.warning("event ignored", reason=type(error).__name__)
            return
        if message is not None:
            self._renew(message, deadline)
        for upload in uploads:
            self._handle(upload, deadline)

    def prime(self) -> None:
        """What the first event would wait for, done before there is one."""
        self._search.prime()

    def _renew(self, message: RefreshMessage, deadline: Deadline) -> None:
        measurements = Measurements()
        ticket = self._tickets.take(message.ticket)
        if isinstance(ticket, NoTicket):
            self._log(Result.NO_SEARCH, measurements, detail=ticket)
            return
        with self._never_again(ticket, measurements):
            renewed = self._refresh.run(ticket, deadline, measurements)
            self._log(Result.REFRESHED if renewed else Result.SUPERSEDED, measurements)

    def _handle(self, upload: Upload, deadline: Deadline) -> None:
        """Until the ticket is taken, another try may make up for a failure of S3."""
        measurements = Measurements()
        try:
            self._settle(upload, deadline, measurements)
        except ImageSearchError as error:
            self._log(Result.FAILED, measurements, error)
            raise PrefetchFailed(error.code) from None
        except Exception as error:
            self._log_unexpected(error)
            raise PrefetchFailed("internal_error") from None

    def _settle(self, upload: Upload, deadline: Deadline, measurements: Measurements) -> None:
        bucket = self._bucket_of(upload.bucket)
        try:
            found = bucket.find_upload(upload.sha256)
        except _UNUSABLE as error:
            self._discard(bucket, upload.sha256, error, measurements)
            return
        except RequestError as error:
            self._log(Result.REFUSED, measurements, error)
            return
        ticket = self._tickets.take(found.ticket, upload.sha256)
        if isinstance(ticket, NoTicket):
            self._log(Result.NO_SEARCH, measurements, detail=ticket)
            return
        with self._never_again(ticket, measurements):
            self._start(bucket, found, ticket, deadline, measurements)

    def _start(
        self,
        bucket: ImageBucket,
        found: StoredImage,
        ticket: Ticket,
        deadline: Deadline,
        measurements: Measurements,
    ) -> None:
        parameters = SearchParameters.parse(ticket.query, self._settings.allowed_fmt_options)
        request = background_request(
            ticket, lambda: found.image, parameters, deadline, measurements
        )
        try:
            result = self._search.search_ahead(request)
        except UnprocessableImage as error:
            self._log(Result.REFUSED, measurements, error)  # with other parameters it may do
        except _UNUSABLE as error:
            self._discard(bucket, ticket.sha256, error, measurements)
        else:
            self._log(Result(result), measurements)
            if result is not SearchedAhead.NOT_LEASED:  # whoever searches it needs the image
                delete_searched(bucket, ticket.sha256, self._logger)

    def _discard(
        self, bucket: ImageBucket, sha256: str, error: RequestError, measurements: Measurements
    ) -> None:
        """The outcome first: a request in between would be offered another form."""
        if not isinstance(error, WrongDigest):
            self._outcomes.record(sha256, error)
        bucket.delete_upload(sha256)
        self._log(Result.DELETED, measurements, error)

    @contextmanager
    def _never_again(self, ticket: Ticket, measurements: Measurements) -> Iterator[None]:
        """Logs what goes wrong in the body. It is not tried again: its ticket is taken, and the
        client's own request makes up for it."""
        try:
            yield
        except RequestError as error:
            self._log(Result.REFUSED, measurements, error)
        except ImageSearchError as error:
            self._log(Result.FAILED, measurements, error)
        except Exception as error:
            self._log_unexpected(error, ticket)

    def _log(
        self,
        result: Result,
        measurements: Measurements,
        error: ImageSearchError | None = None,
        detail: str | None = None,
    ) -> None:
        if error is not None:
            measurements.failed(error)
        measures = metrics.measure(measurements)
        if result is Result.FAILED:
            measures[Metric.PREFETCH_FAILURES] = 1
        self._logger.info(
            "prefetch",
            result=result,
            error=error.code if error else None,
            detail=error.detail if error else detail,
            **metrics.embedded(measures),
        )

    def _log_unexpected(self, error: Exception, ticket: Ticket | None = None) -> None:
        counts = {Metric.INTERNAL_ERRORS: 1.0, Metric.PREFETCH_FAILURES: 1.0}
        private = (ticket.ip, ticket.user_agent) if ticket else ()
        log_unexpected(self._logger, error, private, **metrics.embedded(counts))
