"""Compiles what `sam build` has built, so that no cold start has to do it.

Lambda's code directories are read-only: what arrives there without valid bytecode is compiled anew
at every start. The bytecode is valid for one version of Python, the runtime's, which must be on the
machine that builds; without it, what is deployed works all the same and starts more slowly. It is
not checked against the sources, which never change once they are deployed.

`python -m operations.bytecode BUILD_DIRECTORY python3.13`
"""

from __future__ import annotations

import os
import subprocess  # nosec B404 - with lists of words, never a shell's line
import sys
from pathlib import Path

PLACES = {
    "SearchFunction": "/var/task",
    "PrefetchFunction": "/var/task",
    "DependenciesLayer": "/opt",
    "ImagingLayer": "/opt",
}
"""Where Lambda puts each: tracebacks name files as they are there."""


def compile_artifacts(build: Path, python: Path) -> None:
    """``python`` is of the runtime's version. Raises ``CalledProcessError`` for broken sources."""
    for artifact, place in PLACES.items():
        built = str(build / artifact)
        options = [
            "-q",
            "-j",
            "0",
            "--invalidation-mode",
            "unchecked-hash",
            "-s",
            built,
            "-p",
            place,
        ]
        command = [str(python), "-m", "compileall", *options, built]
        subprocess.run(command, check=True)  # nosec B603 - the words are ours and the operator's


def find_python(runtime: str) -> Path | None:
    """The interpreter of a Lambda runtime's version: RUNTIME_PYTHON, or what this machine has."""
    if "RUNTIME_PYTHON" in os.environ:
        return Path(os.environ["RUNTIME_PYTHON"])
    uv = Path(sys.executable).parent / "uv"
    found = subprocess.run(  # nosec B603 - likewise
        [uv, "python", "find", "--no-project", runtime.removeprefix("python")],
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
        capture_output=True,
        text=True,
        check=False,
    )
    return Path(found.stdout.strip()) if found.returncode == 0 else None


def main() -> None:
    build, runtime = Path(sys.argv[1]), sys.argv[2]
    python = find_python(runtime)
    if python is None:
        print(f"There is no {runtime} here (RUNTIME_PYTHON=… names one): without its bytecode,")
        print("what is deployed takes about half a second longer to start, unless from a snapshot.")
        return
    compile_artifacts(build, python)


if __name__ == "__main__":
    main()
