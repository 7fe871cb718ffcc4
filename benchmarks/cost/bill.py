"""The bill for a million searches, line by line."""

from __future__ import annotations

import math

from benchmarks.cost.prices import GATEWAY_UNIT_BYTES, PRICES, READ_UNIT_BYTES, WRITE_UNIT_BYTES
from benchmarks.cost.workload import Kind, Medians, Way, Workload
from benchmarks.loopback import answer
from image_search.limits.daily_cap import LARGEST_SHARE

MILLION = 1e6
GIGABYTE = 1e9
# Of an invocation: Lambda's lines (START, END and REPORT), and the function's own, which carries
# the metrics where it is ours. Only ours has an access log of the gateway's.
LOG_BYTES = {
    Kind.OURS: 350 + 1_000 + 350,
    Kind.HANDWRITTEN: 350 + 150,
    Kind.PASS_THROUGH: 350 + 150,
}
# Key, tag and times of a stored answer, as metered (tests/unit/search/test_units.py).
ITEM_OVERHEAD_BYTES = 200
# Of a miss of ours: the lease, its end, the caller's quota, and the daily cap by shares.
SMALL_WRITES = 3 + 1 / LARGEST_SHARE
# Half a unit each. Of a miss: the look-up in vain; of ours, a look at the lease.
SMALL_READS = {Kind.OURS: 2, Kind.HANDWRITTEN: 1}
# Of a request by name that finds neither answer nor image, beside its look-up: a look at the lease,
# and at what came of an earlier upload; the caller's quota, and the form's ticket. The search that
# takes the ticket, which is a write too, is not charged to the quota again.
UNKNOWN_READS = UNKNOWN_WRITES = 2
# An answer is kept for 25 hours, fresh and stale together.
KEPT_MONTHS = 25 / 730

TO_UPSTREAM = "data out, to upstream"


def bill(workload: Workload, medians: Medians) -> dict[str, float]:
    """Dollars by line: what one search costs on average, a million times."""
    misses, calls = workload.misses, _calls(workload)
    return {
        "Lambda, time": _gb_seconds(workload, medians) * PRICES.lambda_gb_second * MILLION,
        "Lambda, requests": calls * PRICES.lambda_request_million,
        "HTTP API": _gateway_units(workload) * PRICES.gateway_unit_million,
        **_table(workload, calls),
        "S3": misses * _s3(workload.way),
        "logs": calls * _millions(LOG_BYTES[workload.kind], PRICES.logs_gb),
        "data out, to phones": _millions(answer_bytes(workload.kind), PRICES.out_gb),
        TO_UPSTREAM: misses * _millions(workload.image_bytes, PRICES.out_gb),
    }


def searches(workload: Workload, price: float) -> dict[str, float]:
    """Dollars to upstream for a million searches at ``price`` each: paid, and spared."""
    return {
        "searches, to upstream": workload.misses * price * MILLION,
        "spared by the cache": (1 - workload.misses) * price * MILLION,
    }


def total(workload: Workload, medians: Medians) -> float:
    """Without the bytes to upstream, which are charged only where it answers from elsewhere."""
    lines = bill(workload, medians)
    return sum(lines.values()) - lines[TO_UPSTREAM]


def answer_bytes(kind: Kind) -> int:
    """As it is stored and as it is sent: ours compressed."""
    return len(answer.compressed() if kind is Kind.OURS else answer.answer())


def _millions(size: float, dollars_per_gb: float) -> float:
    """A million times so many bytes."""
    return size / GIGABYTE * dollars_per_gb * MILLION


def _gb_seconds(workload: Workload, medians: Medians) -> float:
    hits = (1 - workload.misses) * workload.hit_ms(medians)
    milliseconds = hits + workload.misses * workload.miss_ms(medians)
    return milliseconds / 1e3 * workload.memory_mb / 1024


def _calls(workload: Workload) -> float:
    """Requests through the gateway, each an invocation."""
    return 1 + (workload.misses if workload.way.asks_by_name else 0)


def _gateway_units(workload: Workload) -> float:
    sent = {Way.JSON: workload.image_bytes * 4 / 3, Way.UPLOAD: 0}
    photo = math.ceil(sent.get(workload.way, workload.image_bytes) / GATEWAY_UNIT_BYTES)
    photo = max(1, photo)
    return 1 + workload.misses * photo if workload.way.asks_by_name else photo


def _table(workload: Workload, calls: float) -> dict[str, float]:
    """DynamoDB's lines. Reads are eventually consistent: half a unit for each 4 KB, and for
    finding nothing."""
    names = ("DynamoDB, writes", "DynamoDB, reads", "DynamoDB, storage")
    if workload.kind is Kind.PASS_THROUGH:
        return dict.fromkeys(names, 0.0)
    misses, size = workload.misses, answer_bytes(workload.kind) + ITEM_OVERHEAD_BYTES
    small_writes, small_reads = _small(workload)
    written = misses * (math.ceil(size / WRITE_UNIT_BYTES) + small_writes)
    found = math.ceil(size / READ_UNIT_BYTES) / 2
    read = (1 - misses) * found + 0.5 * (calls - 1 + misses * small_reads)
    stored = misses * _millions(size, PRICES.stored_gb_month) * KEPT_MONTHS
    dollars = (written * PRICES.write_unit_million, read * PRICES.read_unit_million, stored)
    return dict(zip(names, dollars, strict=True))


def _small(workload: Workload) -> tuple[float, float]:
    """Writes and reads of small items that a miss takes."""
    reads = SMALL_READS[workload.kind]
    if workload.kind is not Kind.OURS:
        return 0, reads
    if not workload.way.asks_by_name:
        return SMALL_WRITES, reads
    return SMALL_WRITES + UNKNOWN_WRITES, reads + UNKNOWN_READS


def _s3(way: Way) -> float:
    """Of a miss: by name it looks into the bucket; an upload is put there, and read for the
    search."""
    if way is Way.UPLOAD:
        return 2 * PRICES.s3_get_million + PRICES.s3_put_million
    return PRICES.s3_get_million if way is Way.HASH_FIRST else 0
