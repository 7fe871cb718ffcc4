"""What was built is compiled for the place where it will lie."""

import marshal
import sys
from pathlib import Path

import pytest

from operations.bytecode import PLACES, compile_artifacts, find_python

UNCHECKED = b"\x01\x00\x00\x00"
"""The flags of bytecode that is valid whatever its source is (PEP 552)."""


@pytest.fixture
def built(tmp_path):
    for artifact in PLACES:
        (tmp_path / artifact / "package").mkdir(parents=True)
        (tmp_path / artifact / "package" / "module.py").write_text("ANSWER = 42\n")
    return tmp_path


def bytecode(built, artifact):
    (found,) = (built / artifact / "package" / "__pycache__").iterdir()
    return found.read_bytes()


@pytest.mark.parametrize(("artifact", "place"), PLACES.items())
def test_each_artifact_is_compiled_and_never_checked(built, artifact, place):
    compile_artifacts(built, Path(sys.executable))
    compiled = bytecode(built, artifact)
    code = marshal.loads(compiled[16:])
    assert (compiled[4:8], code.co_filename) == (UNCHECKED, f"{place}/package/module.py")


def test_the_artifacts_are_all_that_the_template_builds(template):
    made = {
        name
        for name, each in template["Resources"].items()
        if each.get("Metadata", {}).get("BuildMethod") == "makefile"
    }
    assert made == set(PLACES)


def test_this_machines_python_is_found_by_its_runtime():
    found = find_python(f"python{sys.version_info[0]}.{sys.version_info[1]}")
    assert found is not None


def test_a_runtime_that_is_not_here_is_none():
    assert find_python("python3.99") is None
