import subprocess
import sys

import pytest

from checks.__main__ import Check, run_all

NOTHING_CHECKED = "echo no service; exit 75"


@pytest.fixture
def checks():
    def run(*commands):
        return subprocess.run(
            [sys.executable, "-m", "checks", *commands], capture_output=True, text=True, check=False
        )

    return run


def statuses(done: list[Check]) -> dict[str, tuple[int, str]]:
    return {check.command: (check.status, check.verdict) for check in done}


def test_each_runs_though_one_before_it_failed():
    assert statuses(run_all(["exit 3", "false", "true", NOTHING_CHECKED])) == {
        "exit 3": (3, "FAILED"),
        "false": (1, "FAILED"),
        "true": (0, "passed"),
        NOTHING_CHECKED: (75, "NOT CHECKED"),
    }


def test_the_last_lines_say_what_failed(checks):
    ended = checks("echo wrong; exit 3", "true")
    assert (ended.returncode, ended.stdout.splitlines()[-2:]) == (
        1,
        ["FAILED, 1 of 2:", "  echo wrong; exit 3"],
    )


def test_what_could_not_be_checked_is_said_and_is_no_failure(checks):
    ended = checks(NOTHING_CHECKED, "true")
    assert (ended.returncode, ended.stdout.splitlines()[-2:]) == (
        0,
        ["NOT CHECKED, 1 of 2:", f"  {NOTHING_CHECKED}"],
    )


def test_a_failure_counts_beside_what_could_not_be_checked(checks):
    assert checks(NOTHING_CHECKED, "false").returncode == 1


def test_the_output_is_shown_of_what_did_not_pass(checks):
    printed = checks("echo stdout; echo stderr >&2; exit 1", "echo quiet").stdout.splitlines()
    assert ("stdout" in printed, "stderr" in printed, "quiet" in printed) == (True, True, False)
