"""Where the processor's time of an invocation goes, ours beside a floor: ``make bench-profile``.

What Python itself and built-in functions take counts for their callers. A profiler slows
calls down more than what happens inside one, so only shares are taken from it; the milliseconds
are those of a run without.
"""

from __future__ import annotations

import pstats
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks import events
from benchmarks.built import compiled
from benchmarks.fleet import Sandbox, loopback, sandboxes
from benchmarks.loopback import aws
from benchmarks.measured import OURS
from benchmarks.variants import BEST, GUARDED, STDLIB, Variant, ours

TIMES = 200
GROUPS: Mapping[str, Sequence[str]] = {
    "AWS's client": ("/image_search/aws/", "/botocore/", "/boto3/", "/urllib3/"),
    "upstream's client": ("/httpx/", "/httpcore/", "/h11/"),
    "router": ("/aws_lambda_powertools/event_handler/", "/utilities/data_classes/"),
    "log line, metrics": ("/aws_lambda_powertools/", "/image_search/telemetry/"),
    "models": ("/pydantic",),
    "the function's own code": ("/image_search/", "/api/", "/prefetch/", "/benchmarks/"),
}
_OTHER = "other"

Function = tuple[str, int, str]


def main() -> None:
    compare("a hit by hash", events.by_hash(), aws.HITS, (BEST,))
    compare("a hit of 100 KB", events.raw(100_000), aws.HITS, (BEST,))
    compare("a miss of 100 KB", events.raw(100_000), aws.MISSES, (STDLIB, GUARDED))


def compare(title: str, event: Path, table: str, floors: Sequence[Variant]) -> None:
    variants = [replace(variant, table=table) for variant in (*floors, ours(compiled()))]
    with loopback() as environment, sandboxes(variants, environment) as fleet:
        columns = {name: times(sandbox, event) for name, sandbox in fleet.items()}
    print(f"\n{title}, CPU ms{''.join(f'{name:>26}' for name in columns)}")
    for group in (*GROUPS, _OTHER):
        print(f"  {group:26}" + "".join(f"{column[group]:26.2f}" for column in columns.values()))
    print(f"  {'in all':26}" + "".join(f"{column.total():26.2f}" for column in columns.values()))
    extra = columns[OURS].total() / columns[floors[0].name].total()
    print(f"  ours is {extra:.2f} x {floors[0].name}")


def times(sandbox: Sandbox, event: Path) -> Counter[str]:
    """Milliseconds of an invocation in each group."""
    sandbox.invoke(event, TIMES)  # warm
    measured = float(sandbox.invoke(event, TIMES)["cpu_ms"])
    with tempfile.NamedTemporaryFile() as file:
        sandbox.invoke(event, TIMES, profile=Path(file.name))
        seconds = by_group(pstats.Stats(file.name).stats)  # type: ignore[attr-defined]
    return Counter({group: part / seconds.total() * measured for group, part in seconds.items()})


def by_group(stats: Mapping[Function, Any]) -> Counter[str]:
    """Seconds by group. ``stats``: as the standard library's profiler writes them, for each
    function its calls, the seconds in itself and in all, and the same by caller."""

    @cache
    def shares(function: Function) -> Mapping[str, float]:
        """By whom the function's own time was caused, as parts of one."""
        group = _group(function[0])
        if group is not None:
            return {group: 1.0}
        callers = {caller: own for caller, (_, _, own, _) in stats[function][4].items()}
        whole = sum(callers.values())
        parts: Counter[str] = Counter()
        for caller, own in callers.items():
            if whole and caller not in asking:
                asking.add(caller)
                for name, part in shares(caller).items():
                    parts[name] += part * own / whole
                asking.discard(caller)
        return parts or {_OTHER: 1.0}

    asking: set[Function] = set()  # a recursion causes nothing by itself
    seconds: Counter[str] = Counter()
    for function, (_, _, own, _, _) in stats.items():
        parts = shares(function)
        for name, part in parts.items():
            seconds[name] += own * part / sum(parts.values())
    return seconds


def _group(file: str) -> str | None:
    for group, places in GROUPS.items():
        if any(place in file for place in places):
            return group
    return None


if __name__ == "__main__":
    main()
