"""``make cost``: the bill for a million searches of a workload."""

from __future__ import annotations

import argparse

from benchmarks import baseline
from benchmarks.cost.bill import bill, searches
from benchmarks.cost.prices import AS_OF
from benchmarks.cost.workload import Way, Workload


def main() -> None:
    arguments = _parser().parse_args()
    medians = baseline.load()["medians"]
    workload = Workload(
        hits=arguments.hits,
        image_bytes=int(arguments.image_mb * 1e6),
        memory_mb=arguments.memory,
        upstream_ms=arguments.upstream_ms,
        way=Way(arguments.way),
    )
    lines = bill(workload, medians)
    print(f"Dollars per million searches: list prices of {AS_OF}\n")
    for name, dollars in {**lines, "in all": sum(lines.values())}.items():
        print(f"  {name:22} {dollars:8.2f}")
    if arguments.search_price is not None:
        print(_upstreams(workload, arguments.search_price, sum(lines.values())))
    hit, miss = workload.hit_ms(medians), workload.miss_ms(medians)
    print(f"\n  billed: hit {hit:.0f} ms, miss {miss:.0f} ms")


def _upstreams(workload: Workload, price: float, aws: float) -> str:
    """What upstream is paid beside it, and what it would be paid without a cache."""
    paid = searches(workload, price)
    rows = {**paid, "AWS and upstream": aws + paid["searches, to upstream"]}
    return "\n" + "\n".join(f"  {name:22} {dollars:8.2f}" for name, dollars in rows.items())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make cost", description=__doc__)
    usual = Workload()
    parser.add_argument("--hits", type=float, default=usual.hits, help="share, 0 to 1")
    parser.add_argument("--image-mb", type=float, default=usual.image_bytes / 1e6)
    parser.add_argument("--memory", type=int, default=usual.memory_mb, help="MB of the function")
    parser.add_argument("--upstream-ms", type=float, default=usual.upstream_ms)
    parser.add_argument(
        "--search-price", type=float, help="dollars that a search costs at Constructor"
    )
    parser.add_argument("--way", choices=[*Way], default=usual.way)
    return parser


if __name__ == "__main__":
    main()
