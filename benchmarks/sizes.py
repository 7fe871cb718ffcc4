"""What is uploaded and unpacked: our code and the layers, for the runtime that is deployed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from benchmarks.built import build
from benchmarks.measured import OURS, Bound, Case
from operations.bytecode import find_python

PART = "sizes"
LIMITS = {"code": 1.0, "dependencies layer": 20.0, "imaging layer": 40.0}
"""MB, unpacked."""
LIMIT = "limit"


def measure(_rounds: int) -> tuple[list[Case], dict[str, object]]:
    runtime, architecture = os.environ["PYTHON_RUNTIME"], os.environ["ARCHITECTURE"]
    built = build("deployed", runtime, architecture)
    python = find_python(runtime)  # bytecode counts, where this machine can write it
    if python is not None:
        command = [str(python), "-m", "compileall", "-q", str(built.directory)]
        subprocess.run(command, check=True)
    found = (built.functions, built.dependencies.parent, built.imaging.parent)
    cases = [
        Case(
            PART,
            f"{name}, {runtime} {architecture}",
            "MB unpacked",
            LIMIT,
            {LIMIT: [limit], OURS: [_megabytes(place)]},
            (Bound(LIMIT, 1.0),),
        )
        for (name, limit), place in zip(LIMITS.items(), found, strict=True)
    ]
    return cases, {}


def _megabytes(directory: Path) -> float:
    return sum(file.stat().st_size for file in directory.rglob("*") if file.is_file()) / 1e6
