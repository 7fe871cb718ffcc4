"""Runs every command line given, two at a time, and says at the end which of them failed.

`python -m checks 'ruff check .' 'mypy functions'`

One that ends with status 75 could not check anything, for want of a service: that is reported and
is no failure. Each command's output is printed in one piece when it ends.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

# What most machines have at least. Checks are bound by the processor, so more would not be quicker.
AT_ONCE = 2

# EX_TEMPFAIL of sysexits.h: what is needed is not there now.
NOT_CHECKED = 75


@dataclass(frozen=True)
class Check:
    """A command that has ended, with its output and the seconds that it took."""

    command: str
    status: int
    output: str
    seconds: float

    @property
    def verdict(self) -> str:
        return {0: "passed", NOT_CHECKED: "NOT CHECKED"}.get(self.status, "FAILED")


def run_all(commands: Sequence[str]) -> list[Check]:
    """Run each, whatever came of the others, and print it as it ends."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(_run, command) for command in commands]
        done = []
        for future in as_completed(running):
            done.append(future.result())
            _print(done[-1])
    return done


def _run(command: str) -> Check:
    started = time.monotonic()
    ended = subprocess.run(
        ["/bin/sh", "-c", command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Check(command, ended.returncode, ended.stdout, time.monotonic() - started)


def _print(check: Check) -> None:
    print(f"{check.verdict:11} {check.seconds:5.1f} s  {check.command}", flush=True)
    if check.status != 0:
        print(check.output, flush=True)


def main() -> int:
    """Exit status 1 when a check failed."""
    done = run_all(sys.argv[1:])
    for verdict in ("NOT CHECKED", "FAILED"):
        commands = [check.command for check in done if check.verdict == verdict]
        if commands:
            print(f"{verdict}, {len(commands)} of {len(done)}:", *commands, sep="\n  ")
    return int(any(check.verdict == "FAILED" for check in done))


if __name__ == "__main__":
    sys.exit(main())
