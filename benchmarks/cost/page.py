"""The tables of docs/cost.md, written between its markers from the committed figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import fields

from benchmarks import baseline, places, shrink
from benchmarks.cost.bill import bill, total
from benchmarks.cost.prices import AS_OF, PRICES
from benchmarks.cost.units import METERED
from benchmarks.cost.workload import Kind, Medians, Way, Workload

PAGE = places.PROJECT / "docs" / "cost.md"
# Assumed of the way to upstream: 200 Mbit/s.
SENT_KB_MS = 25
_MARKED = re.compile(r"(<!-- table: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)


def rendered(text: str, medians: Medians) -> str:
    """The page with its tables as the figures say."""
    return _MARKED.sub(lambda found: found[1] + _TABLES[found[2]](medians) + found[3], text)


def kinds(medians: Medians) -> str:
    """What each line comes to, for each of what could be deployed."""
    bills = [bill(Workload(kind=kind), medians) for kind in Kind]
    rows = [[name, *(f"{lines[name]:.2f}" for lines in bills)] for name in bills[0]]
    totals = ["**in all**", *(f"**{sum(lines.values()):.2f}**" for lines in bills)]
    return _table(["", *Kind], [*rows, totals])


def ways(medians: Medians) -> str:
    """By the way in, and the photo's size."""
    sizes = {"300 KB": 300_000, "1 MB": 1_000_000, "4 MB": 4_000_000}
    rows = [
        [way, *(_total(Workload(way=way, image_bytes=size), medians) for size in sizes.values())]
        for way in Way
    ]
    return _table(["way in", *sizes], rows)


def hits(medians: Medians) -> str:
    """By the share of hits, and how long upstream takes."""
    times = (400, 800, 1600)
    rows = [
        [
            f"{share:.0%}",
            *(_total(Workload(hits=share, upstream_ms=time), medians) for time in times),
        ]
        for share in (0, 0.3, 0.6, 0.9)
    ]
    return _table(["hits", *(f"upstream {time} ms" for time in times)], rows)


def memory(medians: Medians) -> str:
    """By memory: the time of a hit, what we add to a miss, and Lambda's price."""
    rows = []
    for size in (256, 512, 768, 1024, 1769, 3008):
        workload = Workload(memory_mb=size)
        hit, added = workload.hit_ms(medians), workload.miss_ms(medians) - workload.upstream_ms
        dollars = f"{bill(workload, medians)['Lambda, time']:.2f}"
        rows.append(
            [str(size), f"{hit:.0f} ms", f"{added:.0f} ms", dollars, _total(workload, medians)]
        )
    return _table(["MB", "hit", "added to a miss", "Lambda's time, $", "in all, $"], rows)


def shrinking(medians: Medians) -> str:
    """By the photo's size, and the longer side that it is sent with: of a million misses."""
    rows = [
        _shrunk(size, side, medians) for size in shrink.MEGABYTES for side in (None, *shrink.SIDES)
    ]
    head = ["photo", "sent", "KB", "CPU, ms", "billed, ms", "sending, ms", "Lambda, $", "bytes, $"]
    return _table(head, rows)


def _shrunk(megabytes: int, side: int | None, medians: Medians) -> list[str]:
    name = shrink.AS_IT_IS if side is None else shrink.variant(side)
    cpu = medians[f"{shrink.PART}: {shrink.time_case(megabytes)}"][name]
    kilobytes = medians[f"{shrink.PART}: {shrink.bytes_case(megabytes)}"][name]
    billed = Workload().stretched(cpu)
    sending = kilobytes / SENT_KB_MS
    seconds = (billed + sending) / 1e3 * Workload().memory_mb / 1024
    dollars = seconds * PRICES.lambda_gb_second * 1e6
    out = kilobytes * 1e3 / 1e9 * PRICES.out_gb * 1e6
    figures = (f"{value:,.0f}" for value in (kilobytes, cpu, billed, sending))
    return [f"{megabytes} MB", name, *figures, f"{dollars:.2f}", f"{out:.2f}"]


def prices(_: Medians) -> str:
    rows = [
        [field.name.replace("_", " "), f"{getattr(PRICES, field.name):.10f}".rstrip("0")]
        for field in fields(PRICES)
    ]
    return f"List prices of {AS_OF}:\n\n" + _table(["for", "$"], rows)


def _total(workload: Workload, medians: Medians) -> str:
    return f"{total(workload, medians):.2f}"


def units(_: Medians) -> str:
    """DynamoDB's, of each way that a request can take."""
    rows = [[way, f"{charged.read:g}", f"{charged.write:g}"] for way, charged in METERED.items()]
    return _table(["way", "read units", "write units"], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


_TABLES = {table.__name__: table for table in (kinds, ways, hits, memory, shrinking, prices, units)}


if __name__ == "__main__":
    PAGE.write_text(rendered(PAGE.read_text(), baseline.load()["medians"]))
