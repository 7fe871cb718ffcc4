"""What is installed is pinned by hash, and no list says where it comes from."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]
LOCKS = sorted([*PROJECT.glob("requirements/*.txt"), *PROJECT.glob("layers/*/requirements.txt")])
LAYERS = sorted(PROJECT.glob("layers/*/requirements.txt"))


def pins(path: Path) -> dict[str, str]:
    """Versions by package, markers left out."""
    found = re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)", path.read_text(), re.MULTILINE)
    return dict(found)


def packages(path: Path) -> list[str]:
    """Each package's lines, joined."""
    text = re.sub(r"\\\n\s+", " ", path.read_text())
    return [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_package_is_pinned_with_hashes(path: Path) -> None:
    loose = [line for line in packages(path) if not re.search(r"==\S+.* --hash=sha256:", line)]
    assert (loose, len(packages(path)) > 0) == ([], True)


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_list_names_an_index(path: Path) -> None:
    assert re.findall(r"https?://|--index|--extra-index|--find-links", path.read_text()) == []


@pytest.mark.parametrize("path", LAYERS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_what_is_deployed_is_what_is_tested(path: Path) -> None:
    tested = pins(PROJECT / "requirements/dev.txt")
    assert {name: tested.get(name) for name in pins(path)} == pins(path)


@pytest.mark.parametrize("name", ["browser", "clients", "dynamodb_local"])
def test_a_lock_of_npms_names_no_registry(name: str) -> None:
    lock = (PROJECT / "tests" / name / "package-lock.json").read_text()
    assert ('"integrity"' in lock, re.findall(r'"resolved"|[^"]+[.]tgz', lock)) == (True, [])
