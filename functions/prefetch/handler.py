"""The Lambda handler: an upload starts its search, so that the client's own is a hit.

It also renews answers that near their end, as the API's messages ask.
"""

from __future__ import annotations

from collections.abc import Callable
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
    UnsupportedMediaType,
)
from image_search.search.image_search import ImageSearch
from image_search.search.refresh_message import RefreshMessage
from image_search.settings import CacheScope, Settings
from image_search.telemetry import metrics
from image_search.telemetry.logger import log_unexpected
from image_search.telemetry.measurements import Measurements
from image_search.telemetry.metrics import Metric
from image_search.uploads import upload_metadata
from image_search.uploads.bucket import ImageBucket
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
    """What came of an upload, or of an answer to renew."""

    SEARCHED = "searched"
    CACHED = "cached"  # its answer was there already
    REFRESHED = "refreshed"
    SUPERSEDED = "superseded"  # another request renews the answer, or has done so
    NO_SEARCH = "no-search"  # the upload does not say which search it is for
    DELETED = "deleted"  # no search can use it
    REFUSED = "refused"  # its search cannot succeed, and another try would not change that
    FAILED = "failed"  # another try may succeed


class PrefetchFailed(Exception):
    """Makes Lambda try again; the text is an error's code, as it goes to plain logs."""


class Prefetch:
    """An S3 event or a refresh message in, an answer in the cache; returns nothing."""

    def __init__(
        self,
        search: ImageSearch,
        bucket_of: Callable[[str], ImageBucket],
        settings: Settings,
        logger: Logger,
    ) -> None:
        self._search = search
        self._bucket_of = bucket_of
        self._settings = settings
        self._logger = logger
        self._refresh = Refresh(search, bucket_of, settings)

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> None:
        """Raises ``PrefetchFailed`` when the event is worth another try."""
        if self._settings.cache_scope is not CacheScope.SHARED:
            return  # whose search it will be is not known here, or answers are not kept
        self._logger.set_correlation_id(context.aws_request_id)
        deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000 - RESERVED_SECONDS)
        message = RefreshMessage.from_event(event)
        if message is not None:
            self._renew(message, deadline)
            return
        for upload in uploads_of(event):
            self._handle(upload, deadline)

    def prime(self) -> None:
        """What the first event would wait for, done before there is one."""
        self._search.prime()

    def _renew(self, message: RefreshMessage, deadline: Deadline) -> None:
        """Never tried again: by then, another request may have asked for the same."""
        measurements = Measurements()
        try:
            renewed = self._refresh.run(message, deadline, measurements)
        except RequestError as error:
            self._log(Result.REFUSED, measurements, error)
        except ImageSearchError as error:
            self._log(Result.FAILED, measurements, error)
        except Exception as error:
            self._log_unexpected(error)
        else:
            self._log(Result.REFRESHED if renewed else Result.SUPERSEDED, measurements)

    def _handle(self, upload: Upload, deadline: Deadline) -> None:
        measurements = Measurements()
        try:
            result, refusal = self._settle(upload, deadline, measurements)
            self._log(result, measurements, refusal)
        except ImageSearchError as error:
            self._log(Result.FAILED, measurements, error)
            raise PrefetchFailed(error.code) from None
        except Exception as error:
            self._log_unexpected(error)
            raise PrefetchFailed("internal_error") from None

    def _settle(
        self, upload: Upload, deadline: Deadline, measurements: Measurements
    ) -> tuple[Result, RequestError | None]:
        bucket = self._bucket_of(upload.bucket)
        try:
            return self._start(bucket, upload.sha256, deadline, measurements), None
        except _UNUSABLE as error:
            bucket.delete_upload(upload.sha256)
            return Result.DELETED, error
        except RequestError as error:
            return Result.REFUSED, error

    def _start(
        self, bucket: ImageBucket, sha256: str, deadline: Deadline, measurements: Measurements
    ) -> Result:
        found = bucket.find_upload(sha256)
        if found.search is None:
            return Result.NO_SEARCH
        parameters = upload_metadata.parse(found.search, self._settings.allowed_fmt_options)
        request = background_request(
            sha256, lambda: found.image, parameters, deadline, measurements
        )
        hit = self._search.search(request).cache_status.is_hit
        return Result.CACHED if hit else Result.SEARCHED

    def _log(
        self, result: Result, measurements: Measurements, error: ImageSearchError | None = None
    ) -> None:
        measures = metrics.measure(measurements)
        if result is Result.FAILED:
            measures[Metric.PREFETCH_FAILURES] = 1
        self._logger.info(
            "prefetch",
            result=result,
            error=error.code if error else None,
            detail=error.detail if error else None,
            **metrics.embedded(measures),
        )

    def _log_unexpected(self, error: Exception) -> None:
        counts = {Metric.INTERNAL_ERRORS: 1.0, Metric.PREFETCH_FAILURES: 1.0}
        log_unexpected(self._logger, error, **metrics.embedded(counts))
