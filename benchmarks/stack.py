"""A local stack of the benchmarks' own: the real template, the emulator and the stand-in."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import places

UPSTREAM_SECONDS = 0.1
"""How long the stand-in waits before it answers. The real one takes longer: ratios would then tell
of nothing else."""


@dataclass(frozen=True)
class Stack:
    """Base URLs without a trailing slash; the credentials that the stand-in takes."""

    endpoint: str
    upstream: str
    emulator: str
    key: str
    token: str
    sample: bytes

    def upstream_calls(self) -> int:
        """Since the last ``forget``."""
        return len(json.loads(_request(f"{self.upstream}/_control/requests")))

    def forget(self) -> None:
        """What the stand-in has received; it goes on being slow."""
        _request(f"{self.upstream}/_control", "DELETE")
        slow = json.dumps({"delay_seconds": UPSTREAM_SECONDS, "times": 1_000_000}).encode()
        _request(f"{self.upstream}/_control/faults", "POST", slow)


@contextmanager
def local_stack() -> Iterator[Stack]:
    """Up while the block runs."""
    directory = places.DIRECTORY / "stack"
    port, stand_in_port = _free_ports()
    try:
        _run(directory, "up", "--quiet", f"--port={port}", f"--stand-in-port={stand_in_port}")
        yield _describe(directory, port)
    finally:
        _run(directory, "down")


def _describe(directory: Path, port: int) -> Stack:
    run = json.loads((directory / "run.json").read_text())
    upstream = (directory / "upstream").read_text()
    stack = Stack(
        endpoint=(directory / "endpoint").read_text(),
        upstream=upstream,
        emulator=f"http://127.0.0.1:{port}",
        key=run["key"],
        token=run["token"],
        sample=_request(f"{upstream}/sample.jpg"),
    )
    stack.forget()
    return stack


def _run(directory: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "stack", f"--local-dir={directory}", *words],
        cwd=places.PROJECT,
        env={**os.environ, "PYTHONPATH": str(places.PROJECT / "local")},
        stdout=sys.stderr,
        check=True,
    )


def _request(url: str, method: str = "GET", body: bytes | None = None) -> bytes:
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=30) as response:
        return bytes(response.read())


def _free_ports() -> tuple[int, int]:
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
    ):
        return one.getsockname()[1], two.getsockname()[1]
