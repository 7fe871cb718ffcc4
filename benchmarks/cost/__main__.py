"""``make cost``: the bill for a million searches of a workload."""

from __future__ import annotations

import argparse
from dataclasses import fields

from benchmarks import baseline
from benchmarks.cost.bill import Bill, bill
from benchmarks.cost.billed import Billed
from benchmarks.cost.prices import Prices
from benchmarks.cost.workload import Kind, Way, Workload


def main() -> None:
    arguments = _parser().parse_args()
    workload = Workload(
        hits=arguments.hits,
        image_bytes=int(arguments.image_mb * 1e6),
        memory_mb=arguments.memory,
        upstream_ms=arguments.upstream_ms,
        way=Way(arguments.way),
        kind=Kind[arguments.kind.upper().replace("-", "_")],
        vendor_is_outside=not arguments.vendor_in_region,
    )
    billed = Billed(baseline.load()["medians"])
    _show(workload, billed, bill(workload, billed))


def _show(workload: Workload, billed: Billed, made: Bill) -> None:
    print(f"Dollars per million searches, {workload.kind}: list prices of {Prices().as_of}\n")
    for line in fields(made):
        print(f"  {line.name.replace('_', ' '):16} {getattr(made, line.name):8.2f}")
    print(f"  {'in all':16} {made.total:8.2f}\n")
    print(f"  billed: hit {billed.hit_ms(workload):.0f} ms, miss {billed.miss_ms(workload):.0f} ms")
    print(f"  calls to the vendor that are saved: {1 - workload.misses:.0%}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make cost", description=__doc__)
    usual = Workload()
    parser.add_argument("--hits", type=float, default=usual.hits, help="share, 0 to 1")
    parser.add_argument("--image-mb", type=float, default=usual.image_bytes / 1e6)
    parser.add_argument("--memory", type=int, default=usual.memory_mb, help="MB of the function")
    parser.add_argument("--upstream-ms", type=float, default=usual.upstream_ms)
    parser.add_argument("--way", choices=[*Way], default=usual.way)
    parser.add_argument("--kind", choices=["ours", "handwritten", "pass-through"], default="ours")
    parser.add_argument(
        "--vendor-in-region", action="store_true", help="bytes to the vendor are not data out"
    )
    return parser


if __name__ == "__main__":
    main()
