"""What a function needs that starts from a snapshot (Lambda SnapStart), taken after its imports.

Nothing in the snapshot may be shared by all the sandboxes that start from it: no connection is open
and no secret fetched by then, and the jitter of pauses is seeded anew.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from image_search.aws import clients
from image_search.aws.json_client import connections


def register(prime: Callable[[], None]) -> None:
    """``prime`` does in advance what the first request would otherwise wait for.

    Without SnapStart, which python3.11 does not know and others may have switched off, nothing is
    done: a cold start should do no more than its request needs.
    """
    try:
        from snapshot_restore_py import register_after_restore, register_before_snapshot
    except ImportError:
        return

    def prime_all() -> None:
        prime()
        clients.prime()

    register_before_snapshot(prime_all)
    register_after_restore(random.seed)
    register_after_restore(connections.drop_all)
