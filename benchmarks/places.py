"""Where the benchmarks find what they run, and what they leave behind."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DIRECTORY = PROJECT / os.environ.get("BENCH_DIR", ".bench")
PYTHON = PROJECT / ".venv-bench" / "bin" / "python"
"""Stands for the managed runtime: it brings boto3 and the runtime client, with bytecode."""
EMULATOR_PYTHON = PROJECT / ".venv-ministack" / "bin" / "python"
FUNCTIONS = PROJECT / "functions"
LAYERS = PROJECT / "layers"
