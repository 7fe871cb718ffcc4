"""The tables of docs/capacity.md, written between its markers from the last run's outcomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import places
from benchmarks.simulation import dollars
from benchmarks.simulation.answers import Before
from benchmarks.simulation.limits import (
    DEFAULT,
    ITEM_READS,
    ITEM_WRITES,
    REQUESTS_OF_A_SANDBOX,
    TABLE_QUOTA,
    half_hours_until,
)
from benchmarks.simulation.outcome import Outcome, Result
from benchmarks.simulation.results import USUAL, Outcomes
from benchmarks.simulation.scenarios import OUTAGES, RATES, REPEATS, VIRAL

PAGE = places.PROJECT / "docs" / "capacity.md"
DAY = 86_400
_MARKED = re.compile(r"(<!-- table: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def rendered(text: str, outcomes: Outcomes) -> str:
    """The page with its tables as the outcomes say."""
    return _MARKED.sub(lambda found: found[1] + TABLES[found[2]](outcomes) + found[3], text)


def needs(outcomes: Outcomes) -> str:
    """What would be used, were there no limits."""
    rows = [
        [
            f"{rate:,}",
            f"{repeats:.0%}",
            _whole(made.a_second(made.calls)),
            f"{made.most_busy:,}",
            _whole(made.a_second(made.written)),
            _whole(made.a_second(made.read)),
            _time(made.p50),
            _time(made.p99),
            f"{dollars.per_million(made, USUAL):.2f}",
            f"{dollars.per_hour(made, USUAL):.2f}",
        ]
        for rate in RATES
        for repeats in REPEATS
        for made in [outcomes[f"steady {rate} {repeats}"]]
    ]
    head = ["requests/s", "repeats", "upstream calls/s", "sandboxes, at most"]
    head += ["write units/s", "read units/s", "p50", "p99", "$ a million", "$ an hour"]
    return _table(head, rows)


def limits(outcomes: Outcomes) -> str:
    """Each limit, how much of it is used, and where it is full; the first to be full on top."""
    lines = [(name, full, [use(outcomes, rate) for rate in RATES]) for name, full, use in _LIMITS]
    lines.sort(key=lambda line: _full_at(line[1], line[2]))
    rows = [
        [name, f"{full:,.0f}", *(_whole(use) for use in used), f"{_rough(_full_at(full, used)):,}"]
        for name, full, used in lines
    ]
    head = ["limit", "without asking", *(f"used at {rate:,}/s" for rate in RATES), "full at"]
    return _table(head, rows)


def refusals(outcomes: Outcomes) -> str:
    """The same load on accounts as they come."""
    rows = []
    for name in ("new account", "default"):
        for rate in RATES:
            made = outcomes[f"{name} {rate}"]
            first = max(made.refused, key=lambda limit: made.refused[limit], default="")
            rows.append(
                [
                    f"{name}, {rate:,}/s",
                    _share(made.refusals, made.asked),
                    first,
                    f"{made.throttled.get('table, writes', 0) / made.asked:.2f}",
                    _whole(made.a_second(made.calls)),
                    _time(made.p50),
                    _time(made.p99),
                ]
            )
    head = ["account and load", "refused", "mostly by", "throttled writes a request"]
    return _table([*head, "upstream calls/s", "p50", "p99"], rows)


def viral(outcomes: Outcomes) -> str:
    """All for one photo, for two seconds: a new one, and a known one that is due for renewal.

    Calls are counted to the end, as many are made after those two seconds.
    """
    rows = []
    for before, what in ((Before.EMPTY, "new"), (Before.DUE, "due")):
        for name in VIRAL:
            for rate in RATES:
                made = outcomes[f"{before.name} {name} {rate}"]
                throttled = sum(made.throttled.values()) / made.asked
                rows.append(
                    [
                        f"{what}, {rate:,}/s",
                        name,
                        f"{made.all_calls:,}",
                        f"{throttled:.2f}",
                        f"{made.most_busy:,}",
                        _time(made.p50),
                        _time(made.p99),
                    ]
                )
    head = ["photo", "proxy", "upstream calls", "throttles a request", "sandboxes, at most"]
    return _table([*head, "p50", "p99"], rows)


def outages(outcomes: Outcomes) -> str:
    """30 seconds of it, at 1,000 requests a second, and the 30 seconds after it."""
    rows = []
    for name in OUTAGES:
        for span in ("during", "after"):
            made = outcomes[f"{span} {name}"]
            rows.append(
                [
                    f"{name}: {span}",
                    _share(made.results.get(Result.HIT, 0), made.asked),
                    _share(made.results.get(Result.STALE, 0), made.asked),
                    _share(made.results.get(Result.SEARCHED, 0), made.asked),
                    _share(made.results.get(Result.REFUSED, 0), made.asked),
                    _share(made.refusals, made.asked),
                    f"{made.calls:,}",
                    _time(made.p99),
                ]
            )
    head = ["upstream", "hits", "stale answers", "searched", "503", "no sandbox"]
    return _table([*head, "upstream calls", "p99"], rows)


def starts(outcomes: Outcomes) -> str:
    rows = [
        [
            f"{rate:,}/s, {begin} to {end} s",
            _share(made.refusals, made.asked),
            f"{made.started:,}",
            _time(made.p50),
            _time(made.p99),
        ]
        for rate in RATES
        for begin, end in ((0, 5), (5, 15))
        if (made := outcomes.get(f"start {rate} {begin}"))
    ]
    return _table(["load and span", "refused", "sandboxes started", "p50", "p99"], rows)


def growth(outcomes: Outcomes) -> str:
    """How long an on-demand table takes to grow into each load."""
    rows = []
    for rate in RATES:
        made = outcomes[f"steady {rate} 0.6"]
        written, read = made.a_second(made.written), made.a_second(made.read)
        steps = max(
            half_hours_until(written, DEFAULT.table_writes),
            half_hours_until(read, DEFAULT.table_reads),
        )
        rows.append([f"{rate:,}", _whole(written), _whole(read), str(steps)])
    return _table(["requests/s", "write units/s", "read units/s", "half hours"], rows)


def cap(outcomes: Outcomes) -> str:
    """Upstream calls of a whole day at this load."""
    rows = [
        [
            f"{rate:,}",
            *(_millions(outcomes[f"steady {rate} {repeats}"], rate) for repeats in REPEATS),
            f"{rate * DAY / 1e6:,.1f}",
        ]
        for rate in RATES
    ]
    head = ["requests/s", *(f"{repeats:.0%} repeats" for repeats in REPEATS), "no repeats"]
    return _table(head, rows)


def write(outcomes: Outcomes, page: Path = PAGE) -> None:
    page.write_text(rendered(page.read_text(), outcomes))


TABLES: dict[str, Callable[[Outcomes], str]] = {
    "needs": needs,
    "limits": limits,
    "refusals": refusals,
    "viral": viral,
    "outages": outages,
    "starts": starts,
    "growth": growth,
    "cap": cap,
}


def _usual(outcomes: Outcomes, rate: int) -> Outcome:
    return outcomes[f"steady {rate} 0.6"]


def _written(outcomes: Outcomes, rate: int) -> float:
    made = _usual(outcomes, rate)
    return made.a_second(made.written)


def _read(outcomes: Outcomes, rate: int) -> float:
    made = _usual(outcomes, rate)
    return made.a_second(made.read)


def _calls_a_day(outcomes: Outcomes, rate: int) -> float:
    made = _usual(outcomes, rate)
    return made.calls / made.asked * rate * DAY


_LIMITS: Sequence[tuple[str, float, Callable[[Outcomes, int], float]]] = (
    ("`UpstreamCallsPerDay`, the default", 1e6, _calls_a_day),
    ("`ThrottleRate`, the default", 500, lambda _, rate: rate),
    ("API Gateway, requests/s of the account", DEFAULT.gateway_rate, lambda _, rate: rate),
    (
        "Lambda, concurrency",
        DEFAULT.sandboxes,
        lambda outcomes, rate: _usual(outcomes, rate).most_busy,
    ),
    (
        "Lambda, invocations/s",
        DEFAULT.sandboxes * REQUESTS_OF_A_SANDBOX,
        lambda _, rate: rate,
    ),
    ("DynamoDB, write units/s of a new table", DEFAULT.table_writes, _written),
    ("DynamoDB, write units/s of a table at most", TABLE_QUOTA, _written),
    ("DynamoDB, read units/s of a new table", DEFAULT.table_reads, _read),
    ("DynamoDB, read units/s of a table at most", TABLE_QUOTA, _read),
    (
        "DynamoDB, read units/s of one item: the best-known photo or the circuit",
        ITEM_READS,
        lambda outcomes, rate: _usual(outcomes, rate).hottest["read"],
    ),
    (
        "DynamoDB, write units/s of one item: the daily cap's counter",
        ITEM_WRITES,
        lambda outcomes, rate: _calls_a_day(outcomes, rate) / DAY / 10,
    ),
)


def _full_at(full: float, used: Sequence[float]) -> float:
    """Requests a second, along the line from the largest rate that was simulated."""
    return full / used[-1] * RATES[-1]


def _rough(value: float) -> int:
    """To two digits."""
    return int(float(f"{value:.2g}"))


def _millions(made: Outcome, rate: int) -> str:
    return f"{made.calls / made.asked * rate * DAY / 1e6:,.1f}"


def _whole(value: float) -> str:
    return f"{_rough(value):,}" if value >= 1 else f"{value:.1f}"


def _share(part: int, whole: int) -> str:
    share = part / whole
    return "0" if part == 0 else "< 1 %" if share < 0.01 else f"{share * 100:.0f} %"


def _time(seconds: float) -> str:
    return f"{seconds * 1e3:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"
