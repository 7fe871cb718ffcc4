"""Debian's nginx as a caching proxy in front of the stand-in."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import places
from benchmarks.phones import Target
from benchmarks.stack import Stack

NAME = "nginx proxy_cache"
ABSENT = "not installed: as root on Debian, make bench-nginx"
CANNOT = (
    "cannot answer by hash, nor take HEIC, JSON, forms or S3 references; strips no metadata; "
    "shares answers, locks and limits on one machine only, which is paid for around the clock"
)
_CONFIGURATION = places.PROJECT / "benchmarks" / "peers" / "nginx" / "nginx.conf"
_LUA = Path("/usr/lib/nginx/modules/ngx_http_lua_module.so")
_START_SECONDS = 5


def is_installed() -> bool:
    return _executable() is not None and _LUA.exists()


@contextmanager
def nginx(stack: Stack) -> Iterator[Target]:
    """Up while the block runs, with an empty cache."""
    directory = places.DIRECTORY / "nginx"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    port = _free_port()
    file = _configure(directory, port, stack)
    command = [str(_executable()), "-c", str(file)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield Target(f"http://127.0.0.1:{port}/v2/image_search?us=bench")
    finally:
        process.terminate()
        process.wait()


def _configure(directory: Path, port: int, stack: Stack) -> Path:
    text = _CONFIGURATION.read_text()
    values = {
        "directory": str(directory),
        "upstream": stack.upstream.removeprefix("http://"),
        "port": str(port),
        "key": stack.key,
        "token": stack.token,
    }
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    file = directory / "nginx.conf"
    file.write_text(text)
    return file


def _executable() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
