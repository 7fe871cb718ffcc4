import json

import pytest

from checks.advisories import audit, judge

SOUND = {"name": "httpx", "version": "1.0", "vulns": []}
WEAK = {
    "name": "pillow",
    "version": "9.0",
    "vulns": [
        {"id": "PYSEC-1", "fix_versions": ["9.1", "10.0"]},
        {"id": "PYSEC-2", "fix_versions": []},
    ],
}
UNKNOWN = {"name": "moto", "skip_reason": "not found on PyPI"}


@pytest.mark.parametrize(
    ("packages", "verdict"),
    [
        ([SOUND], (0, "No known weakness in 1 packages")),
        (
            [SOUND, UNKNOWN],
            (75, "The advisory service does not know 1 of 2 packages: moto"),
        ),
        (
            [UNKNOWN] * 6,
            (
                75,
                "The advisory service does not know 6 of 6 packages: "
                "moto, moto, moto, moto, moto, …",
            ),
        ),
        (
            [UNKNOWN, WEAK],
            (
                1,
                "pillow 9.0: PYSEC-1, fixed in 9.1, 10.0\n"
                "pillow 9.0: PYSEC-2, fixed in no version yet",
            ),
        ),
    ],
    ids=["sound", "unknown", "many unknown", "weak"],
)
def test_the_report_decides(packages, verdict):
    assert judge(packages) == verdict


@pytest.fixture
def pip_audit(tmp_path):
    """A pip-audit that behaves as the lines given say; `$dry` is 1 in a dry run."""

    def behave(lines):
        program = tmp_path / "pip-audit"
        program.write_text(f'#!/bin/sh\ncase "$*" in *--dry-run*) dry=1;; esac\n{lines}\n')
        program.chmod(0o755)
        return str(program)

    return behave


def test_a_lock_that_cannot_be_read_is_a_failure(pip_audit):
    assert audit(pip_audit("echo not pinned >&2; exit 1"), "dev.txt") == (1, "not pinned\n")


def test_a_service_that_does_not_answer_checks_nothing(pip_audit):
    offline = pip_audit('[ "$dry" ] || { echo Traceback >&2; echo refused >&2; exit 1; }')
    assert audit(offline, "dev.txt") == (75, "The advisory service did not answer:\nrefused")


def test_a_weakness_is_found_though_pip_audit_ends_with_failure(pip_audit):
    report = json.dumps({"dependencies": [WEAK]})
    weak = pip_audit(f"[ \"$dry\" ] || {{ echo '{report}'; exit 1; }}")
    assert audit(weak, "dev.txt") == judge([WEAK])
