"""Who copies the commands of a page needs no variable that the page has not set before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), DOCS.parent / "README.md"])
STANDARD = {"HOME", "PATH", "PWD", "USER", "EDITOR"}
_FENCED = re.compile(r"^( *)```(?:sh|bash|shell)?\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_INDENTED = r"(?:^ {4,}[^\n]*\n)+"
_OTHER_FENCES = re.compile(r"^( *)```\w+\n.*?^\1```", re.MULTILINE | re.DOTALL)
_USED = re.compile(r"\$\{?([A-Za-z_]\w*)")
_SET = re.compile(r"(?:^|[\s;(])(?:export |read (?:-\w+ )*)?([A-Za-z_]\w*)=")


def blocks(page: str) -> Iterator[str]:
    """What is to be typed, from top to bottom."""
    for found in re.finditer(f"{_FENCED.pattern}|{_INDENTED}", page, _FENCED.flags):
        yield found[2] or found[0]


def unset(page: str) -> list[str]:
    """Variables that are used before any block has set them."""
    known, missing = set(STANDARD), []
    for block in blocks(page):
        for line in block.splitlines():
            command = re.sub(r"'[^']*'", "", line) if line.count("'") % 2 == 0 else line
            known |= set(_SET.findall(command)) | set(re.findall(r"\bfor (\w+) in\b", command))
            missing += [name for name in _USED.findall(command) if name not in known]
    return missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS.parent)))
def test_commands_use_what_the_page_has_set(page: Path) -> None:
    assert unset(_OTHER_FENCES.sub(_kept, page.read_text())) == []


def _kept(found: re.Match[str]) -> str:
    """Blocks in another language than the shell's are no commands."""
    shell = re.match(r" *```(?:sh|bash|shell)\n", found[0])
    return found[0] if shell else ""


def test_a_variable_that_nobody_has_set_is_found() -> None:
    page = '    A=1 B=$(date)\n    echo "$A $B"\n\nText.\n\n```\ncurl "$C" $1\n```\n\n    C=1\n'
    assert unset(page) == ["C"]
