"""The servers of the local stack: the emulator, the stand-in image search and the try-it page."""

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


def page(place: Layout) -> Process:
    """The process that serves the try-it page."""
    return Process(place.process("try-it"), place.log("try-it"))


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
    process.start(command, _our_environment(place), place.directory)
    health = f"{run.stand_in_url}/health"
    process.wait_until(lambda: _answers(health), READY_SECONDS, "The stand-in image search")


def start_page(place: Layout, run: Run, endpoint: str) -> None:
    """Start the try-it page's server, which sends browsers to the API at `endpoint`."""
    process = page(place)
    addresses = ["--api", endpoint, "--stand-in", run.stand_in_url]
    command = [sys.executable, "-m", "try_it", "--port", str(run.page_port), *addresses]
    process.start(command, _our_environment(place), place.directory)
    process.wait_until(lambda: _answers(run.page_url), READY_SECONDS, "The try-it page")


def _our_environment(place: Layout) -> dict[str, str]:
    """For the servers that are part of this project."""
    python_path = {"PYTHONPATH": str(layout.PROJECT / "local"), "PYTHONUNBUFFERED": "1"}
    return server_environment(place.scratch, python_path)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2, trust_env=False).is_success
    except httpx.TransportError:
        return False
