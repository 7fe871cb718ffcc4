"""The bill for a million searches, line by line."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

from benchmarks.cost.billed import Billed
from benchmarks.cost.prices import (
    GATEWAY_UNIT_BYTES,
    GIGABYTE,
    MILLION,
    READ_UNIT_BYTES,
    WRITE_UNIT_BYTES,
    Prices,
)
from benchmarks.cost.workload import Kind, Way, Workload
from benchmarks.loopback import answer
from image_search.fuse import LARGEST_SHARE

LOG_BYTES = 1_000
"""Of an invocation: our one line, and Lambda's own."""
ITEM_OVERHEAD_BYTES = 300
"""Key, tag and times of a stored answer."""
SMALL_WRITES = 2 + 1 / LARGEST_SHARE
"""Of a miss of ours: the lease, the caller's budget, and the day's fuse by shares."""
HOURS_OF_MONTH = 730


@dataclass(frozen=True)
class Bill:
    """Dollars per million searches."""

    lambda_time: float
    lambda_requests: float
    gateway: float
    table_writes: float
    table_reads: float
    table_storage: float
    s3: float
    logs: float
    out_to_phones: float
    out_to_vendor: float

    @property
    def total(self) -> float:
        return sum(getattr(self, field.name) for field in fields(self))


def bill(workload: Workload, billed: Billed, prices: Prices | None = None) -> Bill:
    """Each line is what one search costs on average, a million times."""
    prices = prices or Prices()
    calls = _calls(workload)
    return Bill(
        lambda_time=_gb_seconds(workload, billed) * prices.lambda_gb_second * MILLION,
        lambda_requests=calls * prices.lambda_request_million,
        gateway=_gateway_units(workload) * prices.gateway_unit_million,
        table_writes=workload.misses * _write_units(workload) * prices.write_unit_million,
        table_reads=_read_units(workload) * prices.read_unit_million,
        table_storage=_stored_gb_months(workload) * prices.stored_gb_month * MILLION,
        s3=_s3(workload, prices),
        logs=calls * LOG_BYTES / GIGABYTE * prices.logs_gb * MILLION,
        out_to_phones=answer_bytes(workload.kind) / GIGABYTE * prices.out_gb * MILLION,
        out_to_vendor=_out_to_vendor(workload) / GIGABYTE * prices.out_gb * MILLION,
    )


def answer_bytes(kind: Kind) -> int:
    """As it is stored and as it is sent: ours compressed."""
    return len(answer.compressed() if kind is Kind.OURS else answer.answer())


def _gb_seconds(workload: Workload, billed: Billed) -> float:
    hits = (1 - workload.misses) * billed.hit_ms(workload)
    milliseconds = hits + workload.misses * billed.miss_ms(workload)
    return milliseconds / 1e3 * workload.memory_mb / 1024


def _calls(workload: Workload) -> float:
    """Requests through the gateway, each an invocation."""
    asks_again = workload.way in (Way.HASH_FIRST, Way.UPLOAD)
    return 1 + (workload.misses if asks_again else 0)


def _gateway_units(workload: Workload) -> float:
    sent = {
        Way.RAW: workload.image_bytes,
        Way.JSON: workload.image_bytes * 4 / 3,
        Way.HASH_FIRST: workload.image_bytes,
        Way.UPLOAD: 0,
    }[workload.way]
    photo = max(1, math.ceil(sent / GATEWAY_UNIT_BYTES))
    if workload.way in (Way.RAW, Way.JSON):
        return photo
    return 1 + workload.misses * photo


def _item_bytes(kind: Kind) -> int:
    return answer_bytes(kind) + ITEM_OVERHEAD_BYTES


def _write_units(workload: Workload) -> float:
    """Of one miss."""
    if workload.kind is Kind.PASS_THROUGH:
        return 0
    stored = math.ceil(_item_bytes(workload.kind) / WRITE_UNIT_BYTES)
    return stored + (SMALL_WRITES if workload.kind is Kind.OURS else 0)


def _read_units(workload: Workload) -> float:
    """Eventually consistent reads: half a unit for each 4 KB, and for finding nothing."""
    if workload.kind is Kind.PASS_THROUGH:
        return 0
    found = math.ceil(_item_bytes(workload.kind) / READ_UNIT_BYTES) / 2
    in_vain = 0.5 * (_calls(workload) - 1 + workload.misses)
    return (1 - workload.misses) * found + in_vain


def _stored_gb_months(workload: Workload) -> float:
    if workload.kind is Kind.PASS_THROUGH:
        return 0
    months = workload.kept_hours / HOURS_OF_MONTH
    return workload.misses * _item_bytes(workload.kind) / GIGABYTE * months


def _s3(workload: Workload, prices: Prices) -> float:
    """By name, a miss looks into the bucket; an upload is put there, and read for the search."""
    if workload.way is Way.HASH_FIRST:
        return workload.misses * prices.s3_get_million
    if workload.way is Way.UPLOAD:
        return workload.misses * (2 * prices.s3_get_million + prices.s3_put_million)
    return 0


def _out_to_vendor(workload: Workload) -> float:
    """Bytes of a search on average."""
    return workload.misses * workload.image_bytes if workload.vendor_is_outside else 0
