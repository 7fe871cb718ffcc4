"""DynamoDB's counters under a microscope: how often a table is written to, and when it fails."""

import threading

from botocore.exceptions import ReadTimeoutError

from image_search.counters import DAY
from image_search.errors import RateLimited, UpstreamUnavailable

NOON = 20_000 * DAY + DAY / 2


class CountingTable:
    """Passes on to a table, one call at a time, unless it is told to fail."""

    def __init__(self, dynamodb):
        self._dynamodb = dynamodb
        self._lock = threading.Lock()
        self.exceptions = dynamodb.exceptions
        self.events = dynamodb.meta.events
        self.writes = 0
        self.fails = False

    def update_item(self, **call):
        with self._lock:
            self.writes += 1
            if self.fails:
                raise ReadTimeoutError(endpoint_url="https://dynamodb.test")
            return self._dynamodb.update_item(**call)


def outcomes(times, spend, *args):
    """Of each: "granted", or the code of the error."""
    return [_outcome(spend, *args) for _ in range(times)]


def _outcome(spend, *args):
    try:
        spend(*args)
    except (RateLimited, UpstreamUnavailable) as error:
        return error.code
    return "granted"
