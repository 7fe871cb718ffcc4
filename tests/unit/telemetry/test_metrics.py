import json

import pytest

from image_search.cache.status import CacheStatus, Forwarded
from image_search.errors import (
    CircuitOpen,
    DailyCapExceeded,
    EmptyImage,
    InternalError,
    Unauthorized,
    UpstreamFailed,
    UpstreamRejectedCredentials,
    UpstreamTimeout,
    UpstreamUnavailable,
)
from image_search.telemetry.measurements import Measurements
from image_search.telemetry.metrics import NAMESPACE, Metric, embedded, measure


def counted(status):
    measures = measure(Measurements(cache_status=status), 0.0123)
    return {metric.title: value for metric, value in measures.items()}


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        (CacheStatus(), {"Hits": 1}),
        (CacheStatus(detail="refresh-ahead"), {"Hits": 1, "RefreshesAhead": 1}),
        (CacheStatus(detail="stale-if-error"), {"Hits": 0, "StaleAnswers": 1}),
        (CacheStatus(Forwarded.MISS, stored=True), {"Hits": 0}),
        (CacheStatus(Forwarded.MISS, collapsed=True), {"Hits": 0, "CollapsedSearches": 1}),
        (CacheStatus(Forwarded.STALE, stored=True), {"Hits": 0}),
        (
            CacheStatus(Forwarded.STALE, stored=True, detail="refresh-ahead"),
            {"Hits": 0, "RefreshesAhead": 1},
        ),
        (CacheStatus(Forwarded.BYPASS), {"Hits": 0}),
        (
            CacheStatus(Forwarded.MISS, detail="cache-unavailable"),
            {"Hits": 0, "AnswersNotCached": 1},
        ),
        (CacheStatus(Forwarded.MISS, detail="store-failed"), {"Hits": 0, "AnswersNotCached": 1}),
    ],
)
def test_a_search_counts_by_what_the_cache_did(status, counts):
    assert counted(status) == {"Milliseconds": 12.3, **counts}


@pytest.mark.parametrize(
    ("error", "counts"),
    [
        (CircuitOpen(), {"CircuitOpenRefusals": 1}),
        (DailyCapExceeded(), {"DailyCapRefusals": 1}),
        (UpstreamFailed(), {"UpstreamFailures": 1}),
        (UpstreamTimeout(), {"UpstreamFailures": 1}),
        (UpstreamUnavailable(), {"UpstreamFailures": 1}),
        (UpstreamRejectedCredentials(), {"CredentialsRejected": 1}),
        (Unauthorized(), {"Unauthorized": 1}),
        (InternalError(), {"InternalErrors": 1}),
        (EmptyImage(), {}),
    ],
)
def test_an_error_counts_by_its_kind(error, counts):
    measures = measure(Measurements(errors=[error]))
    assert {metric.title: value for metric, value in measures.items()} == counts


def test_calls_and_normalizing_are_timed():
    seen = Measurements(
        normalize_seconds=0.25,
        upstream_calls=2,
        upstream_seconds=1.5,
        upstream_bytes=1600,
        image_bytes=1000,
    )
    assert measure(seen) == {
        Metric.UPSTREAM_CALLS: 2,
        Metric.UPSTREAM_MILLISECONDS: 1500,
        Metric.UPSTREAM_BYTES: 1600,
        Metric.NORMALIZE_MILLISECONDS: 250,
        Metric.IMAGE_BYTES: 1000,
    }


def test_a_line_carries_them_in_the_embedded_metric_format(environment):
    line = embedded({Metric.HITS: 0.0, Metric.MILLISECONDS: 12.3})
    timestamp = line["_aws"].pop("Timestamp")
    assert (json.loads(json.dumps(line)), timestamp > 1_700_000_000_000) == (
        {
            "_aws": {
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [["service"]],
                        "Metrics": [
                            {"Name": "Hits", "Unit": "Count"},
                            {"Name": "Milliseconds", "Unit": "Milliseconds"},
                        ],
                    }
                ]
            },
            "Hits": [0.0],
            "Milliseconds": [12.3],
        },
        True,
    )


def test_a_line_without_any_says_nothing_of_metrics(environment):
    assert embedded({}) == {}
