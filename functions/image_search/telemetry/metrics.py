"""The CloudWatch metrics that the dashboard and the alarms are made of.

Metrics travel in the log, in CloudWatch's embedded metric format: CloudWatch takes them out of the
one line that is logged of each request, and no request waits for a call.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from threading import get_ident
from typing import Any

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from image_search.cache.status import CacheStatus, Forwarded
from image_search.errors import (
    CircuitOpen,
    DailyCapExceeded,
    ImageSearchError,
    InternalError,
    NotAsked,
    RateLimited,
    Unauthorized,
    UpstreamFailed,
    UpstreamPaused,
    UpstreamRefused,
    UpstreamRejectedCredentials,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from image_search.telemetry.measurements import Measurements

NAMESPACE = "ImageSearchProxy"


class Metric(Enum):
    """Its name, and its unit. Each is left out where it is zero, but for ``HITS``."""

    HITS = ("Hits", MetricUnit.Count)
    """1 or 0 for each search that was answered: the sum counts hits, the average is their ratio."""
    STALE = ("StaleAnswers", MetricUnit.Count)
    COLLAPSED = ("CollapsedSearches", MetricUnit.Count)
    RENEWED = ("RefreshesAhead", MetricUnit.Count)
    NOT_CACHED = ("AnswersNotCached", MetricUnit.Count)
    """Searched and served, but the table was not asked, or did not take the answer."""
    MILLISECONDS = ("Milliseconds", MetricUnit.Milliseconds)
    """Of a search, from the event to the response, in the function."""
    UPSTREAM_CALLS = ("UpstreamCalls", MetricUnit.Count)
    UPSTREAM_FAILURES = ("UpstreamFailures", MetricUnit.Count)
    UPSTREAM_MILLISECONDS = ("UpstreamMilliseconds", MetricUnit.Milliseconds)
    UPSTREAM_BYTES = ("UpstreamBytes", MetricUnit.Bytes)
    """Of the images that were sent to upstream: data out, the largest line of AWS's bill."""
    NORMALIZE_MILLISECONDS = ("NormalizeMilliseconds", MetricUnit.Milliseconds)
    IMAGE_BYTES = ("ImageBytes", MetricUnit.Bytes)
    CIRCUIT_OPEN = ("CircuitOpenRefusals", MetricUnit.Count)
    CREDENTIALS_REJECTED = ("CredentialsRejected", MetricUnit.Count)
    DAILY_CAP_EXCEEDED = ("DailyCapRefusals", MetricUnit.Count)
    PAUSED = ("PausedRefusals", MetricUnit.Count)
    CONTROL_MALFORMED = ("ControlItemMalformed", MetricUnit.Count)
    """Reads of an item that could not be understood, by any sandbox: the one before is used on."""
    RATE_LIMITED = ("RateLimited", MetricUnit.Count)
    UNAUTHORIZED = ("Unauthorized", MetricUnit.Count)
    INTERNAL_ERRORS = ("InternalErrors", MetricUnit.Count)
    PREFETCH_FAILURES = ("PrefetchFailures", MetricUnit.Count)

    @property
    def title(self) -> str:
        return self.value[0]

    @property
    def unit(self) -> MetricUnit:
        return self.value[1]


_ERRORS: Mapping[type[ImageSearchError], Metric] = {
    CircuitOpen: Metric.CIRCUIT_OPEN,
    DailyCapExceeded: Metric.DAILY_CAP_EXCEEDED,
    UpstreamPaused: Metric.PAUSED,
    UpstreamFailed: Metric.UPSTREAM_FAILURES,
    UpstreamRefused: Metric.UPSTREAM_FAILURES,
    NotAsked: Metric.UPSTREAM_FAILURES,
    UpstreamTimeout: Metric.UPSTREAM_FAILURES,
    UpstreamUnavailable: Metric.UPSTREAM_FAILURES,
    UpstreamRejectedCredentials: Metric.CREDENTIALS_REJECTED,
    RateLimited: Metric.RATE_LIMITED,
    Unauthorized: Metric.UNAUTHORIZED,
    InternalError: Metric.INTERNAL_ERRORS,
}

Measures = dict[Metric, float]


def measure(measured: Measurements, seconds: float = 0.0) -> Measures:
    """The metrics of a request. ``seconds``: that its search took."""
    measures: Measures = {}
    for error in measured.errors:
        metric = _ERRORS.get(type(error))
        if metric is not None:
            measures[metric] = measures.get(metric, 0) + 1
    if measured.cache_status is not None:
        measures |= _of_search(measured.cache_status, seconds)
    if measured.upstream_calls:
        measures[Metric.UPSTREAM_CALLS] = measured.upstream_calls
        measures[Metric.UPSTREAM_MILLISECONDS] = _milliseconds(measured.upstream_seconds)
        measures[Metric.UPSTREAM_BYTES] = measured.upstream_bytes
    if measured.normalize_seconds is not None:
        measures[Metric.NORMALIZE_MILLISECONDS] = _milliseconds(measured.normalize_seconds)
    if measured.image_bytes is not None:
        measures[Metric.IMAGE_BYTES] = measured.image_bytes
    if measured.control_malformed:
        measures[Metric.CONTROL_MALFORMED] = 1
    return measures


def embedded(measures: Measures) -> dict[str, Any]:
    """The members that make a log line carry these metrics; none for none.

    The service's name is their only dimension, and on each line already.
    """
    if not measures:
        return {}
    metrics = _collector(get_ident())
    for metric, value in measures.items():
        metrics.add_metric(metric.title, metric.unit, value)
    members = metrics.serialize_metric_set().items()
    metrics.clear_metrics()
    return {name: value for name, value in members if name != "service"}


@lru_cache(maxsize=8)
def _collector(thread: int) -> EphemeralMetrics:
    """One for each ``thread``: a sandbox has one, but a process may play several sandboxes."""
    return EphemeralMetrics(namespace=NAMESPACE)


def _of_search(status: CacheStatus, seconds: float) -> Measures:
    stale = status.detail == "stale-if-error"
    kinds = {
        Metric.STALE: stale,
        Metric.COLLAPSED: status.collapsed,
        Metric.RENEWED: status.detail == "refresh-ahead",
        Metric.NOT_CACHED: _is_not_cached(status),
    }
    return {
        Metric.HITS: float(status.is_hit and not stale),
        Metric.MILLISECONDS: _milliseconds(seconds),
        **{metric: 1.0 for metric, counts in kinds.items() if counts},
    }


def _is_not_cached(status: CacheStatus) -> bool:
    searched = status.forwarded not in (None, Forwarded.BYPASS) and not status.collapsed
    return searched and not status.stored and status.detail is not None


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
