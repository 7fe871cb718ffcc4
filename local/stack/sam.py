"""Runs sam with the `local` part of samconfig.toml."""

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from stack import layout
from stack.layout import Layout
from stack.problem import StackProblem


def sam(
    command: str,
    options: Mapping[str, str],
    place: Layout,
    environment: Mapping[str, str],
    *,
    parameters: Mapping[str, str] | None = None,
) -> None:
    """Run `sam command`; its output goes to a log, which a failure points to."""
    given = {"--config-file": str(layout.SAM_CONFIG), "--config-env": "local", **options}
    words = [word for option in given.items() for word in option]
    if parameters:
        words += ["--parameter-overrides", *(f"{key}={value}" for key, value in parameters.items())]
    log = place.log(f"sam-{command}")
    if _exit_status([_executable(), command, *words], environment, log) != 0:
        advice = "The lines above say why. Once that is fixed: make run"
        raise StackProblem(f"sam {command} failed.", advice, log)


def _executable() -> str:
    return str(Path(sys.executable).parent / "sam")


def _exit_status(command: Sequence[str], environment: Mapping[str, str], log: Path) -> int:
    with log.open("w") as output:
        return subprocess.run(
            command,
            cwd=layout.PROJECT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
