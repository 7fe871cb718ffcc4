"""Virtual time: whatever waits is a greenlet that a heap of due times resumes.

A sandbox may crash, or stand still, wherever one of its greenlets waits. What has crashed is never
resumed.
"""

from __future__ import annotations

import heapq
import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

from image_search.cache.heartbeat import Heartbeat

# Noon of a day, so that clocks that differ by minutes agree on the day.
NOON = 20_000 * 86_400 + 43_200
_REMEMBERED_EVENTS = 400


@dataclass(eq=False)
class Host:
    """A sandbox that greenlets run on, with its own clocks. ``skew``: its wall clock's error."""

    name: str
    skew: float = 0.0
    monotonic_start: float = 0.0
    fault_rate: float = 0.0
    """How likely it crashes or stands still, each time that something waits."""
    is_dead: bool = False
    is_busy: bool = False
    still_until: float = 0.0
    faulted_at: float = -1e9
    """When something last went wrong with one of its calls of the table."""


@dataclass(eq=False)
class Task:
    """A greenlet of a host; ``work`` is what it is done for."""

    host: Host
    work: Any
    greenlet: Any = None
    wake_number: int = 0
    is_over: bool = False
    joined_by: list[Task] = field(default_factory=list)


class World:
    """``start``: the wall clock's time, in epoch seconds, at which it begins."""

    def __init__(self, seed: object, start: float = NOON) -> None:
        self.random = random.Random(str(seed))
        self.start = start
        self.now = 0.0
        self.counts: dict[str, int] = {}
        self.is_over = False
        self.is_calm = False
        self.current: Task | None = None
        self._hub = getcurrent()
        self._tasks: list[Task] = []
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()
        self._trace: deque[tuple[float, Task | None, tuple[object, ...]]] = deque(
            maxlen=_REMEMBERED_EVENTS
        )

    # What happened.

    def count(self, event: str) -> None:
        self.counts[event] = self.counts.get(event, 0) + 1

    def note(self, *parts: object) -> None:
        """Parts become text only if the trace is shown."""
        self._trace.append((self.now, self.current, parts))

    def last_events(self, number: int) -> str:
        return "\n".join(map(_shown, list(self._trace)[-number:]))

    # Time.

    def at(self, seconds: float, action: Callable[[], None]) -> None:
        """Does it in so many seconds."""
        heapq.heappush(self._heap, (self.now + seconds, next(self._numbers), action))

    def run(self) -> None:
        """Until nothing is left to be done. Then, what has crashed is cleared away."""
        while self._heap:
            due, _, action = heapq.heappop(self._heap)
            self.now = max(self.now, due)
            action()
        self.is_over = True
        for task in self._tasks:
            if not task.is_over:
                self.current = task
                task.greenlet.throw(GreenletExit)
        self.current = None

    def spawn(self, host: Host, work: Any, body: Callable[[], None]) -> Task:
        task = Task(host, work)

        def run() -> None:
            try:
                body()
            finally:
                task.is_over = True
                for waiting in task.joined_by:
                    self._wake_at(0, waiting)

        task.greenlet = greenlet(run, self._hub)
        self._tasks.append(task)
        self._wake_at(0, task)
        return task

    def sleep(self, seconds: float) -> None:
        """What each pause and each wire does: others run meanwhile."""
        task = self._task()
        self._perhaps_fail(task.host)
        self._wake_at(seconds, task)
        self._suspend()

    def join(self, other: Task) -> None:
        if not other.is_over:
            other.joined_by.append(self._task())
            self._suspend()

    def wake(self, task: Task) -> None:
        """Ends its sleep."""
        self._wake_at(0, task)

    def time(self) -> float:
        """The wall clock of the sandbox that asks."""
        return self.start + self.now + self._task().host.skew

    def monotonic(self) -> float:
        return self.now + self._task().host.monotonic_start

    def _task(self) -> Task:
        assert self.current is not None
        if self.is_over or self.current.host.is_dead:
            raise GreenletExit
        return self.current

    def _wake_at(self, seconds: float, task: Task) -> None:
        task.wake_number += 1
        number = task.wake_number

        def wake() -> None:
            if task.is_over or task.host.is_dead or task.wake_number != number:
                return
            if task.host.still_until > self.now:
                self._wake_at(task.host.still_until - self.now, task)
                return
            self.current = task
            task.greenlet.switch()
            self.current = None

        self.at(seconds, wake)

    def _suspend(self) -> None:
        self._hub.switch()
        self._task()  # unless this is the end

    def _perhaps_fail(self, host: Host) -> None:
        if self.is_calm or self.random.random() >= host.fault_rate:
            return
        if self.random.random() < 0.6:
            host.is_dead = True
            self.count("crash")
            self.note("CRASHES")
            self._hub.switch()  # for good
            raise GreenletExit
        seconds = self.random.choice((1, 4, 8, 20)) * self.random.uniform(0.5, 1.5)
        host.still_until = self.now + seconds
        self.count("stands still")
        self.note(f"STANDS STILL for {seconds:.1f} s")


def _shown(event: tuple[float, Task | None, tuple[object, ...]]) -> str:
    at, task, parts = event
    who = f"{task.host.name}, {task.work.name}" if task else "-"
    return f"{at:9.3f}  {who:24}  {' '.join(map(str, parts))}"


class VirtualHeartbeat(Heartbeat):
    """A greenlet in place of the thread."""

    def __init__(self, world: World, seconds: float) -> None:
        super().__init__(seconds)
        self._world = world

    @contextmanager
    def kept_by(self, beat: Callable[[], bool]) -> Iterator[None]:
        done: list[bool] = []
        asleep: list[bool] = []

        def run() -> None:
            while not done:
                asleep.append(True)
                self._world.sleep(self._seconds)
                asleep.clear()
                if done or not beat():
                    return

        holder = self._world.current
        assert holder is not None
        task = self._world.spawn(holder.host, holder.work, run)
        try:
            yield
        finally:
            done.append(True)
            if asleep:
                self._world.wake(task)
            self._world.join(task)
