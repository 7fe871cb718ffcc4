"""What DynamoDB lets a table take on demand, and what it answers to more."""

from __future__ import annotations

import json
import math
from dataclasses import astuple, dataclass
from typing import Any

from metering.call import Call


@dataclass(frozen=True)
class Limits:
    """Units a second. Reads and writes are limited independently of each other.

    An item has what one partition has, see
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html,
    and a table that is new what
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html
    says: four partitions' worth. Several items of one partition share its limit on AWS, but who
    shares one cannot be known.
    """

    item_read: float = 3_000
    item_write: float = 1_000
    table_read: float = 12_000
    table_write: float = 4_000

    def scaled(self, factor: float) -> Limits:
        """For a test that cannot ask as often as a crowd does."""
        return Limits(*(factor * limit for limit in astuple(self)))


NO_LIMITS = Limits(*[math.inf] * 4)


@dataclass(frozen=True)
class Throttled:
    """The answer to a call that was not made: status 400, and no units."""

    call: Call

    @property
    def reason(self) -> str:
        """As in https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html.

        The limit of a new table is that of its partitions together, so the reason is the same.
        """
        return f"Table{'Write' if self.call.is_write else 'Read'}KeyRangeThroughputExceeded"

    def body(self) -> bytes:
        """What tables on demand answer; those with provisioned throughput have another code,
        ``ProvisionedThroughputExceededException``, with the same status."""
        return json.dumps(throttling_error(self.call.table, self.reason)).encode()


def throttling_error(table: str, reason: str) -> dict[str, Any]:
    return {
        "__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException",
        "message": "Throughput exceeds the current capacity of your table or index. DynamoDB is"
        " automatically scaling your table or index so please try again shortly. If exceptions"
        " persist, check if you have a hot key: "
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html",
        "throttlingReasons": [
            {
                "reason": reason,
                "resource": f"arn:aws:dynamodb:eu-west-1:123456789012:table/{table}",
            }
        ],
    }
