"""Runs one thing in a child process, and measures what it took."""

from __future__ import annotations

import ctypes
import os
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Measured:
    """``result``: what was returned. ``growth``: bytes of resident memory at its peak, above what
    there was before. ``seconds``: of the processor, so that other work on the machine adds none.
    """

    result: Any
    seconds: float
    growth: int


def in_child(work: Callable[[], Any]) -> Measured:
    """Forks: the child has everything that is imported here, and what it leaves is gone with it."""
    ctypes.CDLL(None).malloc_trim(0)  # or the child would use again what was freed here, unseen
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, pickle.dumps(_measure(work)))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        sent = pipe.read()
    os.waitpid(child, 0)
    if not sent:
        raise ChildProcessError("the child died")
    measured: Measured = pickle.loads(sent)
    return measured


def _measure(work: Callable[[], Any]) -> Measured:
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here (proc(5))
    before = _peak()
    started = time.process_time()
    result = work()
    return Measured(result, time.process_time() - started, _peak() - before)


def _peak() -> int:
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024
