"""AWS's public list prices, in US dollars: us-east-1, arm64, without free tiers and discounts."""

from __future__ import annotations

from dataclasses import dataclass

AS_OF = "November 2026"


@dataclass(frozen=True)
class Prices:
    """``_million``: for a million of what the name says; ``_gb``: for a gigabyte."""

    lambda_gb_second: float = 0.0000133334
    lambda_request_million: float = 0.20
    # HTTP API; a call counts once for every 512 KB.
    gateway_unit_million: float = 1.00
    # DynamoDB on demand: 1 KB written.
    write_unit_million: float = 0.625
    # 4 KB read, or 8 KB eventually consistent.
    read_unit_million: float = 0.125
    stored_gb_month: float = 0.25
    s3_put_million: float = 5.00
    s3_get_million: float = 0.40
    logs_gb: float = 0.50
    # To the internet; what comes in is free.
    out_gb: float = 0.09


PRICES = Prices()
GATEWAY_UNIT_BYTES = 512 * 1024
WRITE_UNIT_BYTES = 1024
READ_UNIT_BYTES = 4096
# The memory at which Lambda gives one whole processor; below, a share of it.
FULL_PROCESSOR_MB = 1769
