"""AWS's quotas, as an account has them and as they can be asked for.

Lambda: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
API Gateway: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

TABLE_QUOTA = 40_000.0
"""Units a second of an on-demand table, reads and writes alike; raised on request."""
ITEM_WRITES = 1_000.0
ITEM_READS = 3_000.0
"""Units a second of one item: a partition's, and no quota raises them."""
REQUESTS_OF_A_SANDBOX = 10.0
"""A second: the invocations of an account are ten times its concurrency, however short they are."""
STARTS_A_SECOND, MOST_STARTS = 100.0, 1_000.0
"""A function's new sandboxes: 1,000 every ten seconds, refilled continuously."""


@dataclass(frozen=True)
class Limits:
    """``gateway_rate``, ``gateway_burst``: requests; ``table_*``: units a second of the table."""

    name: str
    sandboxes: int = 1_000
    gateway_rate: float = 10_000
    gateway_burst: float = 5_000
    table_writes: float = 4_000
    table_reads: float = 12_000
    starts_a_second: float = STARTS_A_SECOND
    most_starts: float = MOST_STARTS


DEFAULT = Limits("AWS's default quotas")
NEW_ACCOUNT = Limits("a new account", sandboxes=10)
NONE = Limits(
    "no limits",
    sandboxes=10**9,
    gateway_rate=1e9,
    gateway_burst=1e9,
    table_writes=1e12,
    table_reads=1e12,
    starts_a_second=1e9,
    most_starts=1e9,
)
"""To see what would be used."""
ITEMS_ONLY = replace(NONE, name="the limits of one item")
STARTS_ONLY = replace(
    NONE,
    name="the limit on new sandboxes",
    starts_a_second=STARTS_A_SECOND,
    most_starts=MOST_STARTS,
)


def half_hours_until(needed: float, at_first: float) -> int:
    """An on-demand table takes at once twice its highest traffic so far, and scales to that within
    30 minutes: how many such steps there are from ``at_first`` to ``needed``."""
    return max(0, math.ceil(math.log2(needed / at_first)))
