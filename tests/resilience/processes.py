"""The processes that the emulator runs functions in; on Linux only."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from e2e.conftest import LocalStack

CONNECTED, LISTENING = "01", "0A"
_PAGE = os.sysconf("SC_PAGE_SIZE")


class Sandboxes:
    """Those of one function, of whatever version."""

    def __init__(self, function: str, emulator_port: int) -> None:
        self._mark = f"ministack-lambda-{function}-".encode()
        self._emulator = process_at(emulator_port, LISTENING)

    def running(self) -> list[int]:
        """Their process ids."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                ours = self._mark in (folder / "cmdline").read_bytes()
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if ours and parent == self._emulator:
                found.append(int(folder.name))
        return sorted(found)

    def resident(self) -> dict[int, int]:
        """Bytes of memory of each."""
        sizes = {}
        for pid in self.running():
            try:
                pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            except OSError:
                continue
            sizes[pid] = pages * _PAGE
        return sizes


def sandboxes_of(stack: LocalStack) -> Sandboxes:
    """Those of the stack's function that searches."""
    port = urlsplit(stack.endpoint).port
    assert port is not None
    return Sandboxes(stack.function, port)


def process_at(port: int, state: str, remote_port: int | None = None) -> int | None:
    """The process that owns the local end of a connection, or of a socket that listens.

    ``state``: as proc(5) has it in ``/proc/net/tcp``. ``remote_port``: of a connection's other end,
    as several may have the same port at this one.
    """
    inode = _inode(port, state, remote_port)
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if inode is not None and os.readlink(entry) == f"socket:[{inode}]":
                return int(entry.parts[2])
    return None


def _inode(port: int, state: str, remote_port: int | None) -> str | None:
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        local, remote = (int(end.rpartition(":")[2], 16) for end in fields[1:3])
        if (local, fields[3]) == (port, state) and remote_port in (None, remote):
            return fields[9]
    return None
