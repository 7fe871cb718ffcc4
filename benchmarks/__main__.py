"""``make bench``, or ``make bench PART=hit``: measures, and prints the table."""

from __future__ import annotations

import argparse
import importlib
import sys

from benchmarks.results import Results
from benchmarks.table import show, show_over

PARTS = {
    "sizes": 1,
    "start": 15,
    "hit": 11,
    "miss": 11,
    "images": 5,
    "shrink": 7,
    "memory": 1,
    "search": 3,
}
"""Rounds of each: enough for quartiles within the quarter of an hour that all of it may take."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="default: all")
    parser.add_argument("--rounds", type=int, help="for a quick look, or a closer one")
    arguments = parser.parse_args()
    results = Results.load()
    for part in arguments.parts or PARTS:
        sys.stderr.write(f"measuring: {part}\n")
        module = importlib.import_module(f"benchmarks.{part}")
        cases, facts = module.measure(arguments.rounds or PARTS[part])
        results.replace(part, cases, facts)
        results.save()
    chosen = [case for case in results.cases if case.part in (arguments.parts or PARTS)]
    show(chosen)
    show_over(chosen)


if __name__ == "__main__":
    main()
