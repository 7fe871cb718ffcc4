"""Calls that wait for the network, side by side instead of one after another.

A round trip to DynamoDB takes milliseconds in which nothing else happens; a miss has several that
do not depend on one another.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

# The most that are made at once, less the one that the request's own thread makes.
_POOL = ThreadPoolExecutor(max_workers=2, thread_name_prefix="side-by-side")


def side_by_side(*calls: Callable[[], Any]) -> list[Any]:
    """The results of all, when all have come to an end; the last is made by this thread.

    Raises the error of the first in the list that has one.
    """
    *others, own = calls
    if not others:
        return [own()]
    ends: list[Future[Any]] = [_POOL.submit(call) for call in others]
    ends.append(_ended(own))
    for end in ends:
        end.exception()  # waits for it; cheaper than to wait for all at once
    return [end.result() for end in ends]


def _ended(call: Callable[[], Any]) -> Future[Any]:
    end: Future[Any] = Future()
    try:
        end.set_result(call())
    except Exception as error:  # raised once the others have ended
        end.set_exception(error)
    return end
