"""What a run costs at AWS, by list prices.

Without bytes to upstream (docs/cost.md has them), without storage, and without what the image
search itself is paid for.
"""

from __future__ import annotations

from benchmarks.cost.bill import GIGABYTE, LOG_BYTES, MILLION, answer_bytes
from benchmarks.cost.prices import GATEWAY_UNIT_BYTES, PRICES
from benchmarks.cost.workload import Kind, Workload
from benchmarks.simulation.outcome import Outcome


def per_million(outcome: Outcome, workload: Workload) -> float:
    """Of the requests that reached the function."""
    reached = outcome.asked - outcome.refusals
    used = (
        outcome.busy_seconds * workload.memory_mb / 1024 * PRICES.lambda_gb_second
        + outcome.written / MILLION * PRICES.write_unit_million
        + outcome.read / MILLION * PRICES.read_unit_million
    )
    gateway = -(-workload.image_bytes // GATEWAY_UNIT_BYTES) * PRICES.gateway_unit_million
    each = (
        PRICES.lambda_request_million
        + gateway
        + LOG_BYTES[Kind.OURS] / GIGABYTE * PRICES.logs_gb * MILLION
        + answer_bytes(Kind.OURS) / GIGABYTE * PRICES.out_gb * MILLION
    )
    return used / reached * MILLION + each


def per_hour(outcome: Outcome, workload: Workload) -> float:
    reached = outcome.a_second(outcome.asked - outcome.refusals) * 3600
    return per_million(outcome, workload) * reached / MILLION
