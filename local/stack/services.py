"""The two servers of the local stack: the emulator and the stand-in image search."""

import sys
from pathlib import Path

import httpx

from stack import layout
from stack.environment import emulator_environment, server_environment
from stack.layout import Layout
from stack.processes import Process
from stack.run import Run

READY_SECONDS = 30.0


def emulator(place: Layout) -> Process:
    """The process that emulates AWS."""
    return Process(place.process("emulator"), place.log("emulator"))


def stand_in(place: Layout) -> Process:
    """The process that stands in for Constructor's image search."""
    return Process(place.process("stand-in"), place.log("stand-in"))


def start_emulator(place: Layout, run: Run, python: Path) -> None:
    """Start the emulator with its own environment's `python` and wait until it answers."""
    process = emulator(place)
    command = [str(python), str(layout.EMULATOR), str(place.directory)]
    process.start(command, emulator_environment(place.scratch, run.port), place.directory)
    health = f"{run.emulator_url}/_ministack/health"
    process.wait_until(lambda: _answers(health), READY_SECONDS, "The emulator")


def start_stand_in(place: Layout, run: Run) -> None:
    """Start the stand-in with this environment's Python and wait until it answers."""
    process = stand_in(place)
    credentials = ["--key", run.key, "--token", run.token]
    command = [sys.executable, "-m", "stand_in", "--port", str(run.stand_in_port), *credentials]
    python_path = {"PYTHONPATH": str(layout.PROJECT / "local"), "PYTHONUNBUFFERED": "1"}
    process.start(command, server_environment(place.scratch, python_path), place.directory)
    health = f"{run.stand_in_url}/health"
    process.wait_until(lambda: _answers(health), READY_SECONDS, "The stand-in image search")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False
