"""One photo, sent by ten clients in three ways each to a local stack."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from shutil import which

import httpx
import pytest
from PIL import Image

from clients.ten_clients.curl import Curl
from clients.ten_clients.exchange import Exchange, exchanges
from clients.ten_clients.python_clients import python_clients
from e2e.conftest import LocalStack, client, parameters, sample_photo, stack

__all__ = ["client", "parameters", "sample_photo", "stack"]

HERE = Path(__file__).parent
JAVA_NEEDED = 17
PROCESS_SECONDS = 300


@dataclass(frozen=True)
class Sent:
    """What all clients saw, and how often upstream was called for it."""

    exchanges: Sequence[Exchange]
    upstream_calls: int

    def by(self, name: str) -> list[Exchange]:
        """One client's, in the order of ``WAYS``."""
        found = [exchange for exchange in self.exchanges if exchange.client == name]
        if name == "java" and not found:
            pytest.skip(f"There is no JDK {JAVA_NEEDED} or later.")
        return found


@pytest.fixture(scope="session")
def sent(
    stack: LocalStack,
    client: httpx.Client,
    sample_photo: bytes,
    tmp_path_factory: pytest.TempPathFactory,
) -> Sent:
    image = Image.open(BytesIO(sample_photo))
    image.paste(tuple(os.urandom(3)), (0, 0, 16, 16))  # a photo that nobody has searched
    photo = tmp_path_factory.mktemp("photo") / "photo.jpg"
    image.save(photo)
    seen = list(_send(stack.endpoint, photo))
    requests = client.get(f"{stack.upstream}/_control/requests").raise_for_status().json()
    digest = hashlib.sha256(photo.read_bytes()).hexdigest()
    return Sent(seen, [request["body_sha256"] for request in requests].count(digest))


def _send(endpoint: str, photo: Path) -> Iterator[Exchange]:
    with python_clients() as clients:
        for name, one in clients.items():
            yield from exchanges(name, one, endpoint, photo)
    yield from exchanges("curl", Curl(), endpoint, photo)
    yield from _by_process("node", HERE / "node_clients.mjs", endpoint, photo)
    if _java_version() >= JAVA_NEEDED:
        yield from _by_process("java", HERE / "JavaClient.java", endpoint, photo)


def _by_process(command: str, script: Path, endpoint: str, photo: Path) -> Iterator[Exchange]:
    words = [command, str(script), endpoint, str(photo)]
    done = subprocess.run(words, stdout=subprocess.PIPE, check=True, timeout=PROCESS_SECONDS)
    for line in done.stdout.splitlines():
        yield Exchange.from_line(line)


def _java_version() -> int:
    """Of the JDK, whose compiler runs a source file; 0 where there is none."""
    if which("java") is None or which("javac") is None:
        return 0
    done = subprocess.run(["javac", "-version"], capture_output=True, text=True, check=False)
    _, _, version = (done.stdout or done.stderr).partition(" ")
    major = version.strip().partition(".")[0]
    return int(major) if major.isdigit() else 0
