"""The code keeps what `/openapi.json` promises, as schemathesis reads it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx

from e2e.conftest import LocalStack

PROJECT = Path(__file__).parents[2]
SETTINGS = Path(__file__).with_name("schemathesis.toml")
LEAST_REQUESTS = 2_000
MOST_SECONDS = 1_200
"""An end to waiting, on any machine: one or two minutes are usual."""
PHASES = ("examples", "coverage", "fuzzing", "stateful")


def add_site(stack: LocalStack) -> None:
    """The index that is there, by another name."""
    client, arn = stack.secretsmanager, stack.secret_arn
    secret = json.loads(client.get_secret_value(SecretId=arn)["SecretString"])
    secret["sites"] = {"uk": {"key": secret["key"], "token": secret["token"]}}
    client.put_secret_value(SecretId=arn, SecretString=json.dumps(secret))


def test_no_request_is_answered_otherwise_than_promised(stack: LocalStack, tmp_path: Path) -> None:
    add_site(stack)
    # As a file: schemathesis leaves out the route that it reads a document from.
    document, report = tmp_path / "openapi.json", tmp_path / "report.json"
    served = httpx.get(f"{stack.endpoint}/openapi.json", trust_env=False, timeout=120)
    document.write_bytes(served.raise_for_status().content)
    subprocess.run(
        [
            Path(sys.executable).with_name("schemathesis"),
            f"--config-file={SETTINGS}",
            "run",
            document,
            f"--url={stack.endpoint}",
            "--report=json",
            f"--report-json-path={report}",
        ],
        cwd=PROJECT,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        timeout=MOST_SECONDS,
        check=False,
    )
    reported = json.loads(report.read_text())
    assert {name: reported["phases"][name]["status"] for name in PHASES} == dict.fromkeys(
        PHASES, "success"
    )
    assert (reported["exit_code"], reported["failures"], reported["errors"]) == (0, [], [])
    assert reported["test_cases"]["generated"] >= LEAST_REQUESTS
