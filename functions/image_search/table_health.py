"""Which uses of the cache table a sandbox leaves alone for a while, as they have just failed.

Time spent on a sick table is bounded this way: what has cost time once is not tried again at once,
whichever use of the table finds out. A quick refusal of a single counter, as DynamoDB throttles
what is written too often, says nothing about the answers.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from botocore.exceptions import ClientError

SICK_SECONDS = 5.0


class Use(Enum):
    """What the table is used for."""

    ANSWERS = "answers"
    CIRCUIT = "circuit"
    BUDGETS = "budgets"


class TableHealth:
    """``clock``: epoch seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sick_until = dict.fromkeys(Use, 0.0)

    def is_sick(self, use: Use) -> bool:
        return self._clock() < self._sick_until[use]

    def failed(self, use: Use, error: Exception) -> None:
        """``error``: botocore's; a ``ClientError`` is an answer, anything else has cost time."""
        until = self._clock() + SICK_SECONDS
        alone = isinstance(error, ClientError) and use is not Use.ANSWERS
        self._sick_until.update(dict.fromkeys([use] if alone else Use, until))
