"""`make test`: all lanes, two at a time, and at the end which of them failed and why.

A lane is a target of the Makefile. Those that need a local stack share one, and so run one after
another. What needs none runs beside them, and so does `contract`, with a stack of its own: else one
column would take twice as long as the other. Each line of output names its lane, and is in the
lane's log too.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from e2e.conftest import PARAMETERS, PROJECT, free_ports

BESIDE = ("check", "unit", "stand-in", "integration", "contract")
ON_ONE_STACK = ("e2e", "clients", "resilience", "browser")
# How pytest's lines begin that say what failed.
REASONS = ("FAILED ", "ERROR ")
# What pytest's last line counts.
COUNTED = re.compile(r"(\d+) (passed|failed|errors?|skipped)\b")
TAIL_LINES = 15
PATIENCE_SECONDS = 30


@dataclass
class Lane:
    """One command, and what came of it."""

    name: str
    command: Sequence[str]
    log: Path
    status: int = 0
    seconds: float = 0.0

    def reasons(self) -> list[str]:
        """What failed, by its log: pytest's summary, else the end."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if line.startswith(REASONS)] or lines[-TAIL_LINES:]

    def counts(self) -> Counter[str]:
        """How many tests passed, failed and were skipped, by pytest's last line."""
        lines = self.log.read_text(errors="replace").splitlines()
        last = next((line for line in reversed(lines) if COUNTED.search(line)), "")
        counts: Counter[str] = Counter()
        for number, kind in COUNTED.findall(last):
            counts["failed" if kind.startswith("error") else kind] += int(number)
        return counts


@dataclass
class Lanes:
    """Runs lanes. ``directory``: of the logs and of the stack."""

    directory: Path
    started: float = field(default_factory=time.monotonic)
    finished: list[Lane] = field(default_factory=list)
    _running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    _stopped: bool = False

    def run(self, name: str, command: Sequence[str], **environment: str) -> Lane:
        """Runs it to its end; its output is shown as it comes."""
        lane = Lane(name, command, self.directory / f"{name}.log")
        if self._stopped:
            lane.status = 1
            return lane
        began = time.monotonic()
        self._say(name, "starts")
        with lane.log.open("w") as log:
            lane.status = self._follow(lane, log, environment)
        lane.seconds = time.monotonic() - began
        self._say(name, f"{'passed' if lane.status == 0 else 'FAILED'} in {lane.seconds:.0f} s")
        self.finished.append(lane)
        return lane

    def make(self, target: str, **environment: str) -> Lane:
        return self.run(target, [os.environ["MAKE"], "--no-print-directory", target], **environment)

    def interrupt(self) -> None:
        """Ends what runs as Ctrl-C does, so that tests stop what they have started."""
        self._stopped = True
        for process in list(self._running.values()):
            _end(process)

    def _follow(self, lane: Lane, log: TextIO, environment: dict[str, str]) -> int:
        process = subprocess.Popen(
            lane.command,
            cwd=PROJECT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self._running[lane.name] = process
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            self._say(lane.name, line.rstrip())
        del self._running[lane.name]
        return process.wait()

    def _say(self, name: str, text: str) -> None:
        passed = time.monotonic() - self.started
        sys.stdout.write(f"{passed:4.0f} s {name:11} | {text}\n")
        sys.stdout.flush()


def main() -> int:
    directory = Path(sys.argv[1]).resolve()
    directory.mkdir(parents=True, exist_ok=True)
    lanes = Lanes(directory)
    for number in (signal.SIGINT, signal.SIGTERM):  # even if it was started in the background
        signal.signal(number, signal.default_int_handler)
    with ThreadPoolExecutor() as pool:
        columns = [pool.submit(_beside, lanes), pool.submit(_on_one_stack, lanes)]
        try:
            for column in columns:
                column.result()
        except KeyboardInterrupt:
            lanes.interrupt()
            return 130
    return _report(lanes)


def _beside(lanes: Lanes) -> None:
    for target in BESIDE:
        lanes.make(target)


def _on_one_stack(lanes: Lanes) -> None:
    local = [sys.executable, "-m", "stack", f"--local-dir={lanes.directory}"]
    path = {"PYTHONPATH": f"{PROJECT / 'local'}:{PROJECT}"}
    port, stand_in_port = free_ports()
    words = [f"--parameter={name}={value}" for name, value in PARAMETERS.items()]
    words += [f"--port={port}", f"--stand-in-port={stand_in_port}"]
    up = lanes.run("stack", [*local, "up", "--quiet", *words], **path)
    # A lane brings up a stack of its own where none is up.
    shared = {"E2E_LOCAL_DIR": str(lanes.directory)} if up.status == 0 else {}
    try:
        for target in ON_ONE_STACK:
            lanes.make(target, **shared)
    finally:
        environment = {**os.environ, **path}
        subprocess.run([*local, "down"], env=environment, stdout=subprocess.DEVNULL, check=False)


def _report(lanes: Lanes) -> int:
    """Says last what matters most."""
    failed = [lane for lane in lanes.finished if lane.status != 0]
    _print("", *(f"{each.seconds:5.0f} s  {_word(each)}  {each.name}" for each in lanes.finished))
    for lane in failed:
        _print("", f"{lane.name} failed:", *(f"  {line}" for line in lane.reasons()))
        _print(f"  The whole log: {lane.log}")
        if lane.name != "stack":
            _print(f"  To run it alone: make {lane.name}")
    counts = sum((lane.counts() for lane in lanes.finished), Counter())
    _print("", ", ".join(f"{counts[kind]} {kind}" for kind in ("passed", "failed", "skipped")))
    total = time.monotonic() - lanes.started
    names = ", ".join(lane.name for lane in failed)
    _print("", f"FAILED in {total:.0f} s: {names}" if failed else f"All passed in {total:.0f} s.")
    return 1 if failed else 0


def _word(lane: Lane) -> str:
    return "passed" if lane.status == 0 else "FAILED"


def _print(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE_SECONDS)
        os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
