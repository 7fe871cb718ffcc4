"""Brings the local stack up, or up to date when it is up already; and takes it down."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stack import layout, services
from stack.deployment import Deployed, build, deploy, python_runtime
from stack.layout import Layout
from stack.ports import free_near, require_free
from stack.problem import StackProblem
from stack.progress import Progress
from stack.run import Run


@dataclass(frozen=True)
class Wish:
    """What the stack shall be: ports, the emulator's Python, template and its parameters."""

    port: int
    emulator_python: Path
    stand_in_port: int | None = None
    page_port: int | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    template: Path = layout.TEMPLATE


def bring_up(place: Layout, wish: Wish, progress: Progress) -> tuple[Run, Deployed]:
    """Bring it up. A stack that this call started does not stay behind when it fails."""
    running = _running(place, wish)
    if running is None:
        take_down(place)
    try:
        run = running or _start(place, wish, progress)
        return run, _deploy(place, run, wish, progress)
    except BaseException:
        if running is None:
            take_down(place)
        raise


def deploy_beside(place: Layout, other: Layout, name: str, wish: Wish, progress: Progress) -> None:
    """Deploy what is built and up in `other` once more, under another stack name.

    It uses that one's emulator and stand-in, and ends with them.
    """
    run = Run.load(other.run)
    if run is None or not services.emulator(other).is_running():
        raise StackProblem(f"No local stack is up in {other.directory}.", "Start it: make run")
    place.scratch.mkdir(parents=True, exist_ok=True)
    runtime = python_runtime(wish.emulator_python)
    with progress.step(f"Deploy {name} to the emulator (sam deploy)"):
        made = deploy(place, run, runtime, wish.parameters, built=other.build, name=name)
    _write_down(place, run, made)


def take_down(place: Layout) -> list[str]:
    """Stop what was started here and say what that was; logs and builds stay."""
    processes = {
        "try-it page": services.page(place),
        "stand-in": services.stand_in(place),
        "emulator": services.emulator(place),
    }
    stopped = [name for name, process in processes.items() if process.stop()]
    written = (place.endpoint, place.upstream, place.page, place.aws_environment, place.run)
    for file in written:
        file.unlink(missing_ok=True)
    shutil.rmtree(place.scratch, ignore_errors=True)
    return stopped


def _running(place: Layout, wish: Wish) -> Run | None:
    """The run that is up already, unless it is not the one wished for."""
    run = Run.load(place.run)
    if run is None or not services.emulator(place).is_running():
        return None
    wished = (wish.port, wish.stand_in_port, wish.page_port)
    found = (run.port, run.stand_in_port, run.page_port)
    moved = any(port not in (None, own) for port, own in zip(wished, found, strict=True))
    return None if moved else run


def _start(place: Layout, wish: Wish, progress: Progress) -> Run:
    if not wish.emulator_python.exists():
        raise StackProblem(f"There is no {wish.emulator_python}.", "Use `make run`: it makes it.")
    run = _choose_ports(wish)
    place.scratch.mkdir(parents=True)
    run.save(place.run)
    with progress.step(f"Start the AWS emulator on port {run.port}"):
        services.start_emulator(place, run, wish.emulator_python)
    return run


def _choose_ports(wish: Wish) -> Run:
    port = require_free(wish.port, "PORT")
    stand_in = _wished_or_near(wish.stand_in_port, "STAND_IN_PORT", {port})
    page = _wished_or_near(wish.page_port, "PAGE_PORT", {port, stand_in})
    return Run(port=port, stand_in_port=stand_in, page_port=page)


def _wished_or_near(wished: int | None, setting: str, taken: set[int]) -> int:
    return free_near(max(taken)) if wished is None else require_free(wished, setting)


def _deploy(place: Layout, run: Run, wish: Wish, progress: Progress) -> Deployed:
    with progress.step(f"Start the stand-in image search on port {run.stand_in_port}"):
        services.stand_in(place).stop()  # its code may have changed
        services.start_stand_in(place, run)
    runtime = python_runtime(wish.emulator_python)
    with progress.step("Build the template and its layers, about 40 MB (sam build)"):
        build(place, run, runtime, wish.emulator_python, wish.template)
    with progress.step("Deploy it to the emulator (sam deploy)"):
        deployed = deploy(place, run, runtime, wish.parameters)
    with progress.step(f"Start the try-it page on port {run.page_port}"):
        services.page(place).stop()
        services.start_page(place, run, deployed.endpoint)
    _write_down(place, run, deployed)
    return deployed


def _write_down(place: Layout, run: Run, deployed: Deployed) -> None:
    variables = deployed.variables(run).items()
    place.aws_environment.write_text("".join(f"{name}={value}\n" for name, value in variables))
    place.upstream.write_text(run.stand_in_url)
    place.page.write_text(run.page_url)
    place.endpoint.write_text(deployed.endpoint)
