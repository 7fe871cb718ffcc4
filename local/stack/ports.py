"""Which ports of this machine the local stack may use."""

import socket
from contextlib import closing

from stack.problem import StackProblem

HOST = "127.0.0.1"
NEARBY = 50
"""How many ports after the emulator's are tried for each of the other servers."""


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def require_free(port: int, setting: str) -> int:
    """`port`, or a problem that names the `setting` with which to choose another."""
    if not is_free(port):
        raise StackProblem(
            f"Port {port} is in use by another program.",
            f"Stop that program, or choose another port: make run {setting}={port + 1000}",
        )
    return port


def free_near(port: int) -> int:
    """The first free port after `port`."""
    for candidate in range(port + 1, port + 1 + NEARBY):
        if is_free(candidate):
            return candidate
    raise StackProblem(
        f"No port from {port + 1} to {port + NEARBY} is free.",
        "Name those that are: make run STAND_IN_PORT=… PAGE_PORT=…",
    )
