"""The deployed directories: our code and the layers, built by the layers' own Makefiles."""

from __future__ import annotations

import compileall
import os
import platform
import py_compile
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks import places

LAYERS = {"dependencies": "build-DependenciesLayer", "imaging": "build-ImagingLayer"}


@dataclass(frozen=True)
class Built:
    """What ends up in a sandbox, below one directory."""

    directory: Path

    @property
    def functions(self) -> Path:
        return self.directory / "functions"

    @property
    def dependencies(self) -> Path:
        return self.directory / "dependencies" / "python"

    @property
    def botocore(self) -> Path:
        """What botocore reads instead of its own data."""
        return self.directory / "dependencies" / "botocore"

    @property
    def imaging(self) -> Path:
        return self.directory / "imaging" / "python"

    def compile(self) -> None:
        """Bytecode that is valid whatever happens to the files' times, as in a zip archive."""
        compileall.compile_dir(
            str(self.directory),
            quiet=2,
            workers=1,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )


def build(name: str, runtime: str, architecture: str) -> Built:
    """Anew every time: what is measured is what is there."""
    built = Built(places.DIRECTORY / "built" / name)
    shutil.rmtree(built.directory, ignore_errors=True)
    shutil.copytree(places.FUNCTIONS, built.functions, ignore=shutil.ignore_patterns("__pycache__"))
    for layer, target in LAYERS.items():
        subprocess.run(
            ["make", "--silent", "-C", str(places.LAYERS / layer), target],
            env={
                **os.environ,
                "ARTIFACTS_DIR": str(built.directory / layer),
                "PYTHON_RUNTIME": runtime,
                "ARCHITECTURE": architecture,
                "UV": str(Path(sys.executable).with_name("uv")),
            },
            check=True,
        )
    return built


@cache
def compiled() -> Built:
    """For this machine, with bytecode; once in a run."""
    built = build_for_here("compiled")
    built.compile()
    return built


def build_for_here(name: str) -> Built:
    """For this machine and this Python, with which functions are run here."""
    version = "python{}.{}".format(*sys.version_info)
    machine = platform.machine().lower()
    return build(name, version, "arm64" if machine in ("arm64", "aarch64") else "x86_64")
