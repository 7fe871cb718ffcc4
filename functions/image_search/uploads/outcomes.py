"""What came of an upload that no search can use, kept for minutes.

Such an upload is deleted. Without this, the next request by its hash would be offered a form once
more, and a phone would upload the same file for ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from image_search.aws.table import Done, Item, Table, TableUse, Value
from image_search.errors import ImageSearchError, SharedError

# Long enough to end a phone's tries; short enough that a raised limit counts soon.
OUTCOME_SECONDS = 300


class Outcomes:
    """``name``: an item's, made of the image's SHA-256, which cannot be read from it."""

    def __init__(self, table: Table, name: Callable[[str], str]) -> None:
        self._table = table
        self._name = name

    def record(self, sha256: str, error: ImageSearchError) -> None:
        """Without effect while the table fails: the next request is offered a form."""
        item: dict[str, Value] = {
            "pk": self._name(sha256),
            "unusable": json.dumps(SharedError.record(error)),
            "expires_at": self._table.now() // 1000 + OUTCOME_SECONDS,
        }
        self._table.put(TableUse.TICKETS, item, insist=False)

    def error_of(self, sha256: str) -> SharedError | None:
        """The error to answer with; None for an image of which no such thing is known."""
        found = self._table.get(TableUse.TICKETS, self._name(sha256))
        if not isinstance(found, Done) or not self._is_current(found.item):
            return None
        recorded = SharedError.parse(found.item.text("unusable"))
        if recorded is None:
            return None
        return SharedError(recorded, detail="found when the image was uploaded")

    def _is_current(self, item: Item) -> bool:
        """One that would count far longer than ours is another's; clocks may differ by minutes."""
        left = (item.number("expires_at") or 0) - self._table.now() // 1000
        return 0 < left <= 2 * OUTCOME_SECONDS
