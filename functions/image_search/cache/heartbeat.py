"""The signs of life of a lease's holder, from a thread, while the holder waits for upstream."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


class Heartbeat:
    """``seconds``: between two signs."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        # A second thread for the next search, while the first still waits for a slow table.
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="heartbeat")

    @contextmanager
    def kept_by(self, beat: Callable[[], bool]) -> Iterator[None]:
        """Calls ``beat`` while the body runs, until it returns False.

        The thread is waited for: a write of its own after the end would be one too many, and none
        must be under way when the sandbox is frozen.
        """
        done = threading.Event()

        def run() -> None:
            while not done.wait(self._seconds):
                if not beat():
                    return

        running = self._threads.submit(run)
        try:
            yield
        finally:
            done.set()
            running.result()
