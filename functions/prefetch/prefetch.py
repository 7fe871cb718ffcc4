"""An upload starts its search: the phone's own is then a hit.

The function also renews answers that near their end: a search before anyone asks, too.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from image_search import metrics, upload_search
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
from image_search.logs import log_unexpected
from image_search.metrics import Metric
from image_search.object_store import ObjectStore
from image_search.observations import Observations
from image_search.refresh_order import RefreshOrder
from image_search.search import ImageSearch
from image_search.settings import CacheScope, Settings
from prefetch.background_request import background_request
from prefetch.refresh import Refresh
from prefetch.upload_event import Upload, uploads_of

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.utilities.typing import LambdaContext

RESERVED_SECONDS = 1.0
"""Kept back to store the answer, or to say what went wrong."""

_UNUSABLE = (
    EmptyImage,
    UnsupportedMediaType,
    ImageTooLarge,
    CorruptImage,
    ImageDimensionsExceeded,
)


class Result(StrEnum):
    """What became of an upload, or of an answer to renew."""

    SEARCHED = "searched"
    CACHED = "cached"
    """Its answer was there already."""
    REFRESHED = "refreshed"
    SUPERSEDED = "superseded"
    """Another renews the answer, or has done so."""
    NOT_ASKED = "not-asked"
    """It does not say which search it is for."""
    DELETED = "deleted"
    """No search can use it."""
    REFUSED = "refused"
    """Its search cannot succeed, and another try would not change that."""
    FAILED = "failed"
    """Another try may succeed."""


class PrefetchFailed(Exception):
    """Tells the platform to try again; the text is an error's code, as it goes to plain logs."""


class Prefetch:
    """The Lambda handler: an S3 event or an order in, an answer in the cache; returns nothing."""

    def __init__(
        self,
        search: ImageSearch,
        store_of: Callable[[str], ObjectStore],
        settings: Settings,
        logger: Logger,
    ) -> None:
        self._search = search
        self._store_of = store_of
        self._settings = settings
        self._logger = logger
        self._refresh = Refresh(search, store_of, settings)

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> None:
        """Raises ``PrefetchFailed`` when the event is worth another try."""
        if self._settings.cache_scope is not CacheScope.SHARED:
            return  # It is not known here who will ask, or there is nowhere to keep the answer.
        self._logger.set_correlation_id(context.aws_request_id)
        deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000 - RESERVED_SECONDS)
        order = RefreshOrder.of(event)
        if order is not None:
            self._renew(order, deadline)
            return
        for upload in uploads_of(event):
            self._handle(upload, deadline)

    def prime(self) -> None:
        """What the first event would wait for, done before there is one."""
        self._search.prime()

    def _renew(self, order: RefreshOrder, deadline: Deadline) -> None:
        """Never tried again: by then, another request may have ordered the same."""
        seen = Observations()
        try:
            renewed = self._refresh.run(order, deadline, seen)
        except RequestError as error:
            self._log(Result.REFUSED, seen, error)
        except ImageSearchError as error:
            self._log(Result.FAILED, seen, error)
        except Exception as error:
            self._unexpected(error)
        else:
            self._log(Result.REFRESHED if renewed else Result.SUPERSEDED, seen)

    def _handle(self, upload: Upload, deadline: Deadline) -> None:
        seen = Observations()
        try:
            result, refusal = self._settle(upload, deadline, seen)
            self._log(result, seen, refusal)
        except ImageSearchError as error:
            self._log(Result.FAILED, seen, error)
            raise PrefetchFailed(error.code) from None
        except Exception as error:
            self._unexpected(error)
            raise PrefetchFailed("internal_error") from None

    def _settle(
        self, upload: Upload, deadline: Deadline, seen: Observations
    ) -> tuple[Result, RequestError | None]:
        store = self._store_of(upload.bucket)
        try:
            return self._start(store, upload.sha256, deadline, seen), None
        except _UNUSABLE as error:
            store.delete_upload(upload.sha256)
            return Result.DELETED, error
        except RequestError as error:
            return Result.REFUSED, error

    def _start(
        self, store: ObjectStore, sha256: str, deadline: Deadline, seen: Observations
    ) -> Result:
        found = store.find_upload(sha256)
        if found.search is None:
            return Result.NOT_ASKED
        parameters = upload_search.parse(found.search, self._settings.allowed_fmt_options)
        request = background_request(sha256, lambda: found.image, parameters, deadline, seen)
        hit = self._search.search(request).cache_status.is_hit
        return Result.CACHED if hit else Result.SEARCHED

    def _log(
        self, result: Result, seen: Observations, error: ImageSearchError | None = None
    ) -> None:
        measures = metrics.measure(seen)
        if result is Result.FAILED:
            measures[Metric.PREFETCH_FAILURES] = 1
        self._logger.info(
            "prefetch",
            result=result,
            error=error.code if error else None,
            detail=error.detail if error else None,
            **metrics.embedded(measures),
        )

    def _unexpected(self, error: Exception) -> None:
        counted = {Metric.INTERNAL_ERRORS: 1.0, Metric.PREFETCH_FAILURES: 1.0}
        log_unexpected(self._logger, error, **metrics.embedded(counted))
