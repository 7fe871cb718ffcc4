"""Makes a case smaller that shows something, as long as it still shows it."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from typing import Any

from fuzz.requests.grammar import Case

MOST_TRIES = 150
MOST_SECONDS = 20.0
_now = time.monotonic  # the real one, which a case does not move
_NEEDED = {"deployment", "requests", "method", "path", "fault", "image", "repeat", "times", "as"}


def shrunk(case: Case, shows: Callable[[Case], bool]) -> Case:
    """The smallest found in some tries, each with one member or part less."""
    tries = 0
    until = _now() + MOST_SECONDS
    again = True
    while again:
        again = False
        for smaller in _smaller(case):
            tries += 1
            if tries > MOST_TRIES or _now() > until:
                return case
            if shows(smaller):
                case, again = smaller, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    for path in _removable(case):
        smaller = copy.deepcopy(case)
        holder: Any = smaller
        for step in path[:-1]:
            holder = holder[step]
        del holder[path[-1]]
        if smaller["requests"]:
            yield smaller


def _removable(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Ways to members and parts that may be left out, the largest first."""
    members = list(value.items() if isinstance(value, dict) else enumerate(value))
    pair = bool(path) and path[-1] != "requests" and _is_pair(path)
    for at, _ in members:
        if isinstance(at, int) and pair:
            continue
        if at not in _NEEDED and not _is_maker(value):
            yield (*path, at)
    for at, inner in members:
        if isinstance(inner, (dict, list)):
            yield from _removable(inner, (*path, at))


def _is_maker(value: Any) -> bool:
    """A piece of one member, which says what it is made of."""
    return isinstance(value, dict) and len(value) == 1


def _is_pair(path: tuple[Any, ...]) -> bool:
    """A header, an attribute or an edit."""
    return len(path) > 1 and path[-2] in ("headers", "item", "edits") and isinstance(path[-1], int)
