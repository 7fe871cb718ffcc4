"""Time counts for what caused it."""

from __future__ import annotations

import pytest

from benchmarks.profiled import by_group

OURS = ("functions/image_search/search/image_search.py", 1, "search")
CLIENT = ("site-packages/botocore/client.py", 1, "_make_api_call")
DUMPS = ("lib/python3.13/json/__init__.py", 1, "dumps")
ENCODE = ("~", 0, "<built-in method encode>")


def function(own: float, **callers: float) -> tuple[object, ...]:
    by = {"ours": OURS, "client": CLIENT, "dumps": DUMPS, "encode": ENCODE}
    return (1, 1, own, own, {by[name]: (1, 1, part, part) for name, part in callers.items()})


def test_what_python_itself_takes_is_its_callers_by_their_part() -> None:
    stats = {
        OURS: function(1.0),
        CLIENT: function(2.0, ours=2.0),
        DUMPS: function(4.0, ours=1.0, client=3.0),
        ENCODE: function(8.0, dumps=8.0),
    }
    assert by_group(stats) == pytest.approx(
        {"the function's own code": 1 + 1 + 2, "AWS's client": 2 + 3 + 6}
    )


def test_a_recursion_is_its_first_callers() -> None:
    stats = {OURS: function(1.0), ENCODE: function(8.0, ours=1.0, encode=7.0)}
    assert by_group(stats) == pytest.approx({"the function's own code": 9.0})


def test_what_has_no_caller_counts_for_itself() -> None:
    assert by_group({ENCODE: function(8.0)}) == {"other": 8.0}
