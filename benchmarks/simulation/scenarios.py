"""The runs behind docs/capacity.md, by name."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.simulation.answers import Before
from benchmarks.simulation.limits import DEFAULT, ITEMS_ONLY, NEW_ACCOUNT, STARTS_ONLY, Limits
from benchmarks.simulation.scenario import Scenario
from benchmarks.simulation.upstream import Outage

RATES = (100, 1_000, 10_000)
REPEATS = (0.3, 0.6, 0.9)
# For how many seconds a sandbox keeps answers in its memory. The proxy's has none.
VIRAL = {"as it is": 0.0, "if each sandbox kept answers for 1 s": 1.0}
VIRAL_SECONDS = 2.0
OUTAGES = {
    "answers 503": (False, 20.0),
    "silent, time-out of 20 s": (True, 20.0),
    "silent, time-out of 5 s": (True, 5.0),
}
OUTAGE_BEGIN, OUTAGE_END = 5.0, 35.0


def all_scenarios() -> dict[str, Scenario]:
    return {**steady(), **limited(), **viral(), **outages(), **starts()}


def steady() -> dict[str, Scenario]:
    """What would be used if there were no limits: a shorter span where more happens in it."""
    return {
        f"steady {rate} {repeats}": Scenario(rate, repeats, end=3 + _seconds(rate))
        for rate in RATES
        for repeats in REPEATS
    }


def limited() -> dict[str, Scenario]:
    accounts = {"new account": NEW_ACCOUNT, "default": DEFAULT}
    return {
        f"{name} {rate}": Scenario(rate, limits=limits, end=3 + _seconds(rate))
        for name, limits in accounts.items()
        for rate in RATES
    }


def viral() -> dict[str, Scenario]:
    """A photo that all begin to ask for at once; and one that is due for renewal."""
    return {
        f"{before.name} {name} {rate}": Scenario(
            rate, None, ITEMS_ONLY, begin=0, end=VIRAL_SECONDS, before=before, keeps=keeps
        )
        for before in (Before.EMPTY, Before.DUE)
        for name, keeps in VIRAL.items()
        for rate in RATES
    }


def outages() -> dict[str, Scenario]:
    """At 1,000 requests a second: while it lasts, and after it."""
    spans = {"during": (OUTAGE_BEGIN, OUTAGE_END), "after": (OUTAGE_END, OUTAGE_END + 30)}
    return {
        f"{span} {name}": Scenario(
            1_000,
            limits=_with_a_grown_table(),
            begin=begin,
            end=end,
            outage=Outage(OUTAGE_BEGIN, OUTAGE_END, silent),
            timeout=timeout,
        )
        for name, (silent, timeout) in OUTAGES.items()
        for span, (begin, end) in spans.items()
    }


def starts() -> dict[str, Scenario]:
    """No sandbox is there when the requests begin: the first 5 s, and the 10 s after them."""
    return {
        f"start {rate} {begin}": Scenario(
            rate, limits=STARTS_ONLY, begin=begin, end=end, warm=False
        )
        for rate in RATES
        for begin, end in ((0, 5), (5, 15))
        if not (rate == RATES[-1] and begin)
    }


def _seconds(rate: float) -> float:
    return min(20.0, 20_000 / rate)


def _with_a_grown_table() -> Limits:
    """As it is after an hour at this rate: what is looked at is upstream, not the table."""
    return replace(DEFAULT, name="a grown table", table_writes=16_000, table_reads=12_000)
