"""docs/api.md pasted into a shell, from top to bottom: what it prints is what the page shows.

A ``sh`` block is what is pasted; the ``http`` block below it is what is printed, some lines of it
left out, with … for anything.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

pytestmark = pytest.mark.usefixtures("without_prefetch")

PROJECT = Path(__file__).resolve().parents[2]
NEEDED = ("curl", "jq", "sha256sum")
BLOCK_END = "----- end of block -----"
_BLOCK = re.compile(r"^```sh\n(.*?)^```\n(?:\n```http\n(.*?)^```\n)?", re.MULTILINE | re.DOTALL)
_COUNTED = re.compile(r"(ttl=|max-age=|Age: )\d+")


@dataclass(frozen=True)
class Example:
    """What is pasted, and the lines it prints."""

    shell: str
    shows: tuple[str, ...]


def _examples() -> list[Example]:
    page = (PROJECT / "docs" / "api.md").read_text()
    found = _BLOCK.findall(page)
    return [
        Example(shell, tuple(line for line in shown.splitlines() if line)) for shell, shown in found
    ]


EXAMPLES = _examples()
needs_programs = pytest.mark.skipif(
    not all(map(shutil.which, NEEDED)), reason=f"one of {', '.join(NEEDED)} is not installed"
)


@pytest.fixture
def project(stack: LocalStack, sample_photo: bytes, tmp_path: Path) -> Path:
    """A directory as the page expects it: `make run` has left its files there."""
    local = tmp_path / ".local"
    local.mkdir()
    (local / "endpoint").write_text(stack.endpoint)
    (local / "aws.env").write_text(f"UPLOADS_BUCKET={stack.bucket}\n")
    (local / "sample.jpg").write_bytes(sample_photo)
    return tmp_path


def paste(script: str, directory: Path) -> str:
    """What a shell prints; it must not complain."""
    ran = subprocess.run(
        ["bash", "-u"], input=script, cwd=directory, capture_output=True, text=True, timeout=120
    )
    assert (ran.stderr, ran.returncode) == ("", 0)
    return ran.stdout


def missing_lines(shown: tuple[str, ...], printed: str) -> list[str]:
    """The lines of the page that were not printed, in this order, from where one is missing."""
    lines = iter(printed.splitlines())
    for place, line in enumerate(shown):
        pattern = _pattern(line)
        if not any(pattern.fullmatch(candidate) for candidate in lines):
            return list(shown[place:])
    return []


def _pattern(line: str) -> re.Pattern[str]:
    """The line, in which … stands for anything and what counts seconds for any number."""
    anything = re.escape(_COUNTED.sub(r"\1#", line)).replace("…", ".*").replace(r"\#", r"\d+")
    return re.compile(anything, re.IGNORECASE)


@needs_programs
def test_every_example_prints_what_the_page_shows(project: Path) -> None:
    script = f"\necho; echo '{BLOCK_END}'\n".join(example.shell for example in EXAMPLES)
    printed = paste(script, project).split(BLOCK_END)
    missing = [
        (example.shell, missing_lines(example.shows, text))
        for example, text in zip(EXAMPLES, printed, strict=True)
        if missing_lines(example.shows, text)
    ]
    assert missing == []


def test_every_curl_of_the_page_shows_the_status_it_gets() -> None:
    # An inner $(curl …) is no answer of its own.
    asked = [len(re.findall(r"^curl ", each.shell, re.MULTILINE)) for each in EXAMPLES]
    shown = [sum(line.startswith("HTTP/") for line in each.shows) for each in EXAMPLES]
    assert asked == shown


@needs_programs
def test_the_flow_needs_no_more_than_curl_sha256sum_and_the_printed_form(
    stack: LocalStack, client: httpx.Client, photo: bytes, tmp_path: Path
) -> None:
    (tmp_path / "photo.jpg").write_bytes(photo)
    sha256 = paste("sha256sum photo.jpg", tmp_path)[:64]
    ask = f"curl -sS -w '\\n%{{http_code}}' '{stack.search_url}/{sha256}'"
    refused, first = paste(ask, tmp_path).rsplit("\n", 1)
    form = json.loads(refused)["upload"]
    fields = "".join(f" --form-string '{name}={value}'" for name, value in form["fields"].items())
    upload = f"curl -sS -o sent -w '%{{http_code}}'{fields} -F file=@photo.jpg '{form['url']}'"
    statuses = [first, paste(upload, tmp_path), paste(ask, tmp_path).rsplit("\n", 1)[1]]
    (searched,) = client.get(f"{stack.upstream}/_control/requests").json()
    assert (statuses, searched["body_sha256"]) == (["404", "204", "200"], sha256)
