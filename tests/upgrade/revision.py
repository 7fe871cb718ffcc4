"""The project as it was at another commit."""

from __future__ import annotations

import subprocess
import tarfile
from io import BytesIO
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def export(revision: str, directory: Path) -> Path:
    """Its files in ``directory``; its template. Fails where this clone does not have it."""
    if _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}") is None:
        if _git("rev-parse", "--is-shallow-repository") == b"true\n":
            why = "this clone has not all commits: git fetch --unshallow, or FROM=<one it has>"
        else:
            why = "this is no clone of the project, or it never had that commit: FROM=<one it has>"
        pytest.fail(f"There is no {revision} to upgrade from: {why}", pytrace=False)
    files = _git("archive", "--format=tar", revision)
    assert files is not None
    with tarfile.open(fileobj=BytesIO(files)) as archive:
        archive.extractall(directory, filter="data")
    return directory / "template.yaml"


def _git(*words: str) -> bytes | None:
    """What it prints; None where it fails."""
    ended = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, check=False)
    return ended.stdout if ended.returncode == 0 else None
