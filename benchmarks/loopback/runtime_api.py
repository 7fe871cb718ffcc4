"""Lambda's Runtime API, as far as it takes to see when a function is ready.

https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Queue
from threading import Event

from benchmarks.loopback.http import HOST, Reply, Request, served


@dataclass
class RuntimeApi:
    """``address``: for ``AWS_LAMBDA_RUNTIME_API``."""

    address: str = ""
    _told: Queue[str] = field(default_factory=Queue)
    _never: Event = field(default_factory=Event)

    def wait_until_ready(self, seconds: float) -> None:
        """Until the runtime asks for its first invocation, which it gets never."""
        failure = self._told.get(timeout=seconds)
        if failure:
            raise RuntimeError(failure)

    def answer(self, request: Request) -> Reply:
        if request.path.endswith("/invocation/next"):
            self._told.put("")
            self._never.wait()
        if request.path.endswith("/init/error"):
            self._told.put(request.body.decode())
        return Reply(202)

    def forget(self) -> None:
        """The sandbox has been ended: what waits in its name stops."""
        self._never.set()
        self._never = Event()


@contextmanager
def runtime_api() -> Iterator[RuntimeApi]:
    api = RuntimeApi()
    with served(api.answer) as port:
        api.address = f"{HOST}:{port}"
        yield api
        api.forget()
