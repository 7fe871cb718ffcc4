"""The tables of docs/cost.md, written between its markers from the committed figures."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path

from benchmarks import baseline, places
from benchmarks.cost.bill import Bill, bill
from benchmarks.cost.billed import Billed
from benchmarks.cost.prices import Prices
from benchmarks.cost.workload import Kind, Way, Workload

PAGE = places.PROJECT / "docs" / "cost.md"
_MARKED = re.compile(r"(<!-- table: (\S+) -->\n).*?(<!-- end -->)", re.DOTALL)
# Whether bytes to the vendor are charged depends on where it answers: they stand by themselves.
_USUAL = Workload(vendor_is_outside=False)
_NAMES = {
    "lambda_time": "Lambda, time",
    "lambda_requests": "Lambda, requests",
    "gateway": "HTTP API",
    "table_writes": "DynamoDB, writes",
    "table_reads": "DynamoDB, reads",
    "table_storage": "DynamoDB, storage",
    "s3": "S3",
    "logs": "logs",
    "out_to_phones": "data out, to phones",
    "out_to_vendor": "data out, to the vendor",
}


def rendered(text: str, billed: Billed) -> str:
    """The page with its tables as the figures say."""
    return _MARKED.sub(lambda found: found[1] + _TABLES[found[2]](billed) + found[3], text)


def kinds(billed: Billed) -> str:
    """What each line comes to, for each of what could be deployed."""
    bills = [bill(replace(Workload(), kind=kind), billed) for kind in Kind]
    rows = [
        [_NAMES[line.name], *(_line(made, line.name) for made in bills)] for line in fields(Bill)
    ]
    totals = ["**in all**", *(f"**{made.total:.2f}**" for made in bills)]
    return _table(["", *Kind], [*rows, totals])


def ways(billed: Billed) -> str:
    """By the way in, and the photo's size."""
    sizes = {"300 KB": 300_000, "1 MB": 1_000_000, "4 MB": 4_000_000}
    rows = [
        [way, *(_total(billed, way=way, image_bytes=size) for size in sizes.values())]
        for way in Way
    ]
    return _table(["way in", *sizes], rows)


def hits(billed: Billed) -> str:
    """By the share of hits, and how long the vendor takes."""
    times = (400, 800, 1600)
    rows = [
        [f"{share:.0%}", *(_total(billed, hits=share, upstream_ms=time) for time in times)]
        for share in (0, 0.3, 0.6, 0.9)
    ]
    return _table(["hits", *(f"vendor {time} ms" for time in times)], rows)


def memory(billed: Billed) -> str:
    """By memory: the time of a hit, what we add to a miss, and Lambda's price."""
    rows = []
    for size in (256, 512, 768, 1024, 1769, 3008):
        workload = replace(_USUAL, memory_mb=size)
        added = billed.miss_ms(workload) - workload.upstream_ms
        rows.append(
            [
                str(size),
                f"{billed.hit_ms(workload):.0f} ms",
                f"{added:.0f} ms",
                f"{bill(workload, billed).lambda_time:.2f}",
                _total(billed, memory_mb=size),
            ]
        )
    return _table(["MB", "hit", "added to a miss", "Lambda's time, $", "in all, $"], rows)


def _total(billed: Billed, **changes: object) -> str:
    return f"{bill(replace(_USUAL, **changes), billed).total:.2f}"  # type: ignore[arg-type]


def _line(made: Bill, name: str) -> str:
    return f"{getattr(made, name):.2f}"


def prices(_: Billed) -> str:
    rows = [
        [field.name.replace("_", " "), f"{getattr(Prices(), field.name):.10f}".rstrip("0")]
        for field in fields(Prices)
        if field.name != "as_of"
    ]
    return f"List prices of {Prices().as_of}:\n\n" + _table(["for", "$"], rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines) + "\n"


_TABLES: dict[str, Callable[[Billed], str]] = {
    "kinds": kinds,
    "ways": ways,
    "hits": hits,
    "memory": memory,
    "prices": prices,
}


def write(page: Path = PAGE) -> None:
    page.write_text(rendered(page.read_text(), Billed(baseline.load()["medians"])))


if __name__ == "__main__":
    write()
