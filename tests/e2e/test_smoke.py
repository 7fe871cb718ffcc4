"""`make smoke` and `make doctor`, as an operator types them: right here, and wrong once broken."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import httpx
import pytest

from e2e.conftest import PROJECT

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

SKIPPED_BY_SMOKE = ["sign-in", "access log", "metrics", "SnapStart"]
# Right where a test that ran before has subscribed to it.
ALARM_TOPIC = "alarm topic"
RIGHT_BY_DOCTOR = ["region", "credentials", "stack name", "parameters", "who may call", "stack"]


def rows(target: str) -> tuple[int, dict[str, list[str]]]:
    """The command's status, and what it says of which checks."""
    directory = f"LOCAL_DIR={os.environ['E2E_LOCAL_DIR']}"
    command = ["make", "--silent", target, "ENV=local", directory]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    found: dict[str, list[str]] = {"ok": [], "skipped": [], "WRONG": []}
    for line in done.stdout.splitlines():
        verdict, what = line[:9].strip(), line[9:32].strip()
        if verdict in found:
            found[verdict].append(what)
    return done.returncode, found


@pytest.mark.usefixtures("stack")
def test_the_local_stack_does_all_that_an_emulator_can() -> None:
    status, found = rows("smoke")
    skipped = [what for what in found["skipped"] if what != ALARM_TOPIC]
    right = [what for what in found["ok"] if what != ALARM_TOPIC]
    assert (status, found["WRONG"], skipped, len(right)) == (0, [], SKIPPED_BY_SMOKE, 14)


def test_a_search_that_upstream_refuses_is_seen(stack: LocalStack, client: httpx.Client) -> None:
    fault = {"status": 400, "times": 10}
    client.post(f"{stack.upstream}/_control/faults", json=fault).raise_for_status()
    status, found = rows("smoke")
    assert (status != 0, found["WRONG"]) == (True, ["search by body", "HEIC: search"])


@pytest.mark.usefixtures("stack")
def test_the_doctor_finds_nothing_that_would_fail_here() -> None:
    status, found = rows("doctor")
    assert (status, found["WRONG"], found["ok"]) == (0, [], RIGHT_BY_DOCTOR)
