"""One version is deployed over another under load, then rolled back: `make upgrade FROM=<commit>`.

No part of `make test`, for it takes minutes. Searches by body and by hash go on meanwhile, uploads
among them. None may fail, and what one version has stored, an answer or a form's ticket, the other
finds: both have the same `SCHEMA_VERSION` of keys.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from e2e.conftest import LocalStack, bring_up, client, describe, sample_photo
from e2e.phone import Phone
from resilience.conftest import Crowd, crowd, new_segment
from soak.load import Load
from stack.deployment import build, deploy, python_runtime
from stack.layout import PROJECT, Layout
from stack.run import Run
from upgrade.revision import export
from upgrade.uploads import Uploads

__all__ = ["client", "crowd", "sample_photo"]

FROM = os.environ["FROM"]
EACH_SECONDS = 15
PYTHON = PROJECT / ".venv-ministack" / "bin" / "python"
PARAMETERS = {"UpstreamTimeoutSeconds": "25"}


@dataclass(frozen=True)
class Upgrade:
    """Both versions are built, and the older one is deployed."""

    place: Layout
    newer: Layout
    run: Run

    def upgrade(self) -> None:
        deploy(self.place, self.run, _runtime(), PARAMETERS, built=self.newer.build)

    def roll_back(self, *undo: str) -> None:
        """As `make rollback ENV=local` does."""
        lines = self.place.aws_environment.read_text().splitlines()
        aws = dict(line.split("=", 1) for line in lines)
        subprocess.run(
            [sys.executable, "-m", "operations.lifecycle.rollback", "--environment=local", *undo],
            cwd=PROJECT,
            env={**os.environ, **aws, "PYTHONPATH": "functions"},
            check=True,
        )


@pytest.fixture(scope="session")
def older() -> Iterator[Upgrade]:
    with ExitStack() as cleanup:
        directory = Path(cleanup.enter_context(TemporaryDirectory(prefix="image-search-upgrade-")))
        template = export(FROM, directory / "older")
        place = Layout(bring_up(cleanup, PARAMETERS, None, f"--template={template}"))
        run, newer = Run.load(place.run), Layout(directory / "newer")
        assert run is not None
        newer.scratch.mkdir(parents=True)
        build(newer, run, _runtime(), PYTHON)
        yield Upgrade(place, newer, run)


@pytest.fixture(scope="session")
def stack(older: Upgrade) -> LocalStack:
    return describe(older.place.directory)


def _runtime() -> str:
    return python_runtime(PYTHON)


@dataclass(frozen=True)
class Kept:
    """What one version has stored: answers to a photo sent and to one uploaded, and a ticket."""

    segment: str
    uploaded: Phone
    asked: Phone
    form: dict[str, object]

    @classmethod
    def by_who_serves(cls, crowd: Crowd, uploads: Uploads) -> Kept:
        segment, uploaded, asked = new_segment(), uploads.new_phone(), uploads.new_phone()
        assert crowd.search(segment).response.status_code == 200
        uploads.upload(uploaded, uploaded.get().json()["upload"])
        return cls(segment, uploaded, asked, asked.get().json()["upload"])

    def is_found(self, crowd: Crowd) -> dict[str, object]:
        again = crowd.search(self.segment)
        by_hash = self.uploaded.get("only-if-cached")
        return {
            "sent": "; hit" in again.cache_status,
            "uploaded": by_hash.status_code == 200,
            "calls": (len(crowd.calls(self.segment)), len(self.uploaded.searches)),
        }


FOUND = {"sent": True, "uploaded": True, "calls": (1, 1)}


def test_an_upgrade_and_its_rollback_lose_nothing(
    older: Upgrade, stack: LocalStack, crowd: Crowd, sample_photo: bytes
) -> None:
    crowd.warm(8)
    load, uploads = Load(crowd), Uploads(crowd.client, stack, sample_photo)
    by_older = Kept.by_who_serves(crowd, uploads)
    served = [_version(stack)]
    load.start()
    uploads.start()
    try:
        time.sleep(EACH_SECONDS)
        older.upgrade()
        served.append(_version(stack))
        assert by_older.is_found(crowd) == FOUND
        uploads.upload(by_older.asked, by_older.form)
        by_newer = Kept.by_who_serves(crowd, uploads)
        time.sleep(EACH_SECONDS)
        older.roll_back()
        served.append(_version(stack))
        assert (by_older.is_found(crowd), by_newer.is_found(crowd)) == (FOUND, FOUND)
        uploads.upload(by_newer.asked, by_newer.form)
        time.sleep(EACH_SECONDS)
        older.roll_back("undo")
        time.sleep(EACH_SECONDS)
    finally:
        load.stop()
        uploads.stop()
    _report(load, uploads)
    assert (served, _version(stack)) == ([1, 2, 1], 2)
    assert (load.tally.failures, uploads.tally.failures, load.tally.wrong) == ([], [], 0)


def _version(stack: LocalStack) -> int:
    alias = stack.lambda_.get_alias(FunctionName=stack.function, Name="live")
    return int(alias["FunctionVersion"])


def _report(load: Load, uploads: Uploads) -> None:
    print(f"\nFrom {FROM}, and back, and forth:")
    print(f"  {load.tally.requests:7}  searches by body")
    for status, count in load.tally.cache_statuses.most_common():
        print(f"           {count:7}  {status}")
    print(
        f"  {uploads.tally.answered:7}  searches by hash, {uploads.tally.uploaded} with an upload"
    )
    failures = [*load.tally.failures, *uploads.tally.failures]
    print(f"  {len(failures):7}  errors; {load.tally.wrong} wrong answers")
    for failure in failures[:20]:
        print(f"           {failure}")
