"""Runs one thing in a child process, and measures what it took."""

from __future__ import annotations

import ctypes
import os
import pickle
import resource
import time
from collections.abc import Callable
from concurrent.futures.thread import _threads_queues
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from threading import Semaphore
from typing import Any


@dataclass(frozen=True)
class Measured:
    """``result``: what was returned. ``growth``: bytes of resident memory at its peak, above what
    there was before. ``seconds``: of the processor, so that other work on the machine adds none.

    Both of the child and of the processes that it had started by then; ``decoder``: bytes of theirs
    at their peak, all in all.
    """

    result: Any
    seconds: float
    growth: int
    decoder: int


def in_child(work: Callable[[], Any], prepare: Callable[[], object] = lambda: None) -> Measured:
    """Forks: the child has everything that is imported here, and what it leaves is gone with it.

    ``prepare`` is done by the child first, and not measured.
    """
    ctypes.CDLL(None).malloc_trim(0)  # or the child would use again what was freed here, unseen
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _renew_pools()
        try:
            prepare()
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


def _renew_pools() -> None:
    """A fork has none of its parent's threads, for which their pools would wait for ever.

    The function itself never forks.
    """
    for worker in list(_threads_queues):
        pool: Any = worker._args[0]()
        if pool is not None:
            pool._threads.clear()
            pool._idle_semaphore = Semaphore(0)
            pool._work_queue = SimpleQueue()


def children() -> list[str]:
    """The processes that this one has started, from its main thread."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def _measure(work: Callable[[], Any]) -> Measured:
    own, theirs = _Usage("self"), [_Usage(child) for child in children()]
    started = [usage.seconds() for usage in (own, *theirs)]
    result = work()
    seconds = sum(usage.seconds() for usage in (own, *theirs)) - sum(started)
    peaks = [usage.peak() for usage in theirs]
    growth = own.peak() - own.start + sum(peaks) - sum(usage.start for usage in theirs)
    return Measured(result, seconds, growth, sum(peaks))


class _Usage:
    """Of a process since this was made. Of one that ended: by what this process waited for."""

    def __init__(self, process: str) -> None:
        self._directory = Path("/proc", process)
        (self._directory / "clear_refs").write_text("5")  # the peak begins here (proc(5))
        self.start = self.peak()

    def seconds(self) -> float:
        if self._directory.name == "self":
            return time.process_time()
        try:
            fields = (self._directory / "stat").read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            ended = resource.getrusage(resource.RUSAGE_CHILDREN)
            return ended.ru_utime + ended.ru_stime
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def peak(self) -> int:
        try:
            status = (self._directory / "status").read_text()
        except FileNotFoundError:
            return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        (line,) = (line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
