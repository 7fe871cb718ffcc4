from pathlib import Path

import pytest

from stack.environment import aws_variables, emulator_environment, isolate, tool_environment

EMULATOR = "http://127.0.0.1:4566"


@pytest.fixture(autouse=True)
def _account(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of someone who is signed in to AWS and runs this through make."""
    for name, value in {
        "AWS_PROFILE": "production",
        "AWS_SESSION_TOKEN": "secret",
        "MAKEFLAGS": "-j2",
        "PYTHONDONTWRITEBYTECODE": "1",
        "UV_DEFAULT_INDEX": "somewhere",
    }.items():
        monkeypatch.setenv(name, value)


def test_sam_sees_only_the_emulator(tmp_path: Path) -> None:
    environment = tool_environment(tmp_path, EMULATOR, "python3.13")
    seen = {name: value for name, value in environment.items() if name.startswith("AWS_")}
    assert seen == aws_variables(EMULATOR)


def test_sam_does_not_see_the_make_around_it(tmp_path: Path) -> None:
    assert "MAKEFLAGS" not in tool_environment(tmp_path, EMULATOR, "python3.13")


def test_sam_sees_where_this_machine_gets_its_packages(tmp_path: Path) -> None:
    assert tool_environment(tmp_path, EMULATOR, "python3.13")["UV_DEFAULT_INDEX"] == "somewhere"


def test_functions_inherit_nothing_from_the_person(tmp_path: Path) -> None:
    environment = emulator_environment(tmp_path, 4566)
    foreign = {"AWS_PROFILE", "AWS_SESSION_TOKEN", "PYTHONDONTWRITEBYTECODE"}
    assert foreign & set(environment) == set()


def test_isolated_this_process_has_no_account(monkeypatch: pytest.MonkeyPatch) -> None:
    isolated = {"AWS_PROFILE": "production"}
    monkeypatch.setattr("os.environ", isolated)
    isolate()
    assert "AWS_PROFILE" not in isolated
