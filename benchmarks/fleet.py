"""Warm sandboxes, one process for each variant, beside loopback servers."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import places
from benchmarks.loopback import aws, upstream
from benchmarks.loopback.http import HOST, served
from benchmarks.variants import Variant

_WORKER = places.PROJECT / "benchmarks" / "worker.py"


@contextmanager
def loopback() -> Iterator[dict[str, str]]:
    """The environment variables that lead to the loopback servers."""
    with served(aws.respond) as aws_port, served(upstream.respond) as upstream_port:
        yield {
            "AWS_ENDPOINT_URL": f"http://{HOST}:{aws_port}",
            "UPSTREAM_URL": f"http://{HOST}:{upstream_port}",
        }


@dataclass(frozen=True)
class Sandbox:
    """A process that runs one variant's handler."""

    name: str
    process: subprocess.Popen[str]

    def invoke(self, event: Path, times: int = 1, profile: Path | None = None) -> dict[str, Any]:
        """What ``benchmarks/worker.py`` tells of it. Stops at an answer that is none."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        order = {"event": str(event), "times": times, "profile": profile and str(profile)}
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} has ended")
        reported: dict[str, Any] = json.loads(line)
        if reported["status"] not in (200, 304):
            raise RuntimeError(f"{self.name} answered {reported['status']}: {reported['detail']}")
        return reported


@contextmanager
def sandboxes(
    variants: Sequence[Variant], environment: Mapping[str, str]
) -> Iterator[dict[str, Sandbox]]:
    """They run until the block ends."""
    started = {variant.name: _start(variant, environment) for variant in variants}
    try:
        yield started
    finally:
        for sandbox in started.values():
            sandbox.process.kill()
            with suppress(BrokenPipeError):
                sandbox.process.communicate()


def _start(variant: Variant, environment: Mapping[str, str]) -> Sandbox:
    process = subprocess.Popen(
        variant.command(str(_WORKER), variant.handler),
        env=variant.environment(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return Sandbox(variant.name, process)
