"""Runs COUNT schedules from a seed on, two processes at a time, and says what came of them."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from schedules.schedule import Outcome, Schedule

_SHOWN = 3


def run(seed: str, number: int) -> Outcome:
    return Schedule(f"{seed}/{number}").run()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--seed", default=str(time.time_ns() % 1_000_000))
    parser.add_argument("--only", type=int, help="the number of one schedule")
    parser.add_argument("--processes", type=int, default=2)
    arguments = parser.parse_args()
    numbers = range(arguments.count) if arguments.only is None else [arguments.only]
    print(f"{len(numbers)} schedules, SEED={arguments.seed}", flush=True)
    started, counts, failed = time.monotonic(), Counter[str](), 0
    with ProcessPoolExecutor(arguments.processes) as processes:
        outcomes = processes.map(partial(run, arguments.seed), numbers, chunksize=10)
        for number, outcome in zip(numbers, outcomes, strict=True):
            counts.update(outcome.counts)
            counts["write judged by moto"] += outcome.judged
            failed += bool(outcome.violations)
            if outcome.violations and failed <= _SHOWN:
                again = f"make schedules SEED={arguments.seed} ONLY={number}"
                print(f"\nFAILED ({again}): {outcome.violations[0]}", flush=True)
    for event, times in sorted(counts.items()):
        print(f"{times:9,}  {event}")
    print(f"{failed} of {len(numbers)} schedules failed, in {time.monotonic() - started:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
