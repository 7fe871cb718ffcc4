"""The notices name what the layers deploy: the packages of the lock files, and what they bundle."""

import platform
import re
import sys
from pathlib import Path

import pytest

from operations.notices import NOTICES, libraries_of, notices, packages_of

PROJECT = Path(__file__).resolve().parents[3]
LOCKED = re.compile(r"^([a-z0-9-]+)==([^ ;\\]+)", re.MULTILINE)


def listed():
    """The components of an SBOM of the layers, as `make sbom` has them."""
    text = "\n".join(path.read_text() for path in PROJECT.glob("layers/*/requirements.txt"))
    found = LOCKED.findall(text)
    return {"components": [{"name": n, "version": v, "purl": f"pkg:pypi/{n}"} for n, v in found]}


# Wheels for other machines bundle other libraries, or under other names.
@pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="wheels of x86-64 Linux"
)
def test_the_notices_are_those_of_the_lock_files():
    packages = packages_of(listed())
    assert (PROJECT / NOTICES).read_text() == notices(packages, libraries_of(packages))


def test_every_package_of_the_lock_files_is_named():
    text = (PROJECT / NOTICES).read_text()
    wanted = {(part["name"], part["version"]) for part in listed()["components"]}
    assert {part for part in wanted if f"| {part[0]} | {part[1]} |" not in text} == set()


@pytest.mark.parametrize("library", ["libheif", "libde265"])
def test_libraries_under_the_lgpl_are_named_with_their_source(library):
    row = f"| {library} | pi-heif | LGPL-3.0-or-later | https://github.com/strukturag/{library} |"
    assert row in (PROJECT / NOTICES).read_text()
