"""What a request costs in DynamoDB's units, with an answer of 9,000 bytes stored.

These are no estimates: tests/unit/search/test_units.py meters each of them by AWS's rules. A change
of the figures is a change of this table, and of the one in docs/cost.md.
"""

from __future__ import annotations

from typing import NamedTuple


class Metered(NamedTuple):
    read: float
    write: float


ANSWER_BYTES = 9_000
"""Compressed, as it is stored."""

METERED = {
    "hit": Metered(1.5, 0),
    "hit near its end, renewed by another": Metered(2, 0),
    "new miss": Metered(1.5, 13),
    "stale miss": Metered(2.5, 13),
    "renewal by a request": Metered(2.5, 13),
    "renewal ordered by a request": Metered(2.5, 3),
    "renewal ordered, carried out": Metered(3.5, 13),
    "waiter": Metered(2.5, 0),
    "waiter, each look in vain": Metered(0.5, 0),
    "refused: the caller's quota": Metered(1.5, 4),
    "refused again": Metered(0.5, 0),
    "refused: the daily cap": Metered(1.5, 4),
    "refused: the circuit is open": Metered(1.5, 0),
    "upload form": Metered(0.5, 2),
    "unknown image, with an upload form": Metered(2, 2),
    "upload searched ahead": Metered(1, 13),
    "upload by a form that was used": Metered(0, 1),
    "upload that no search can use": Metered(0, 1),
    "unusable image asked for": Metered(2, 0),
    "control item, each 15 s of a sandbox": Metered(1, 0),
}
"""Of a new sandbox's request, without its read of the control item, which is the last line. A busy
one is charged less: it reads the circuit once a second, and is charged for the daily cap once for
ten calls of upstream."""
