"""Checks that are made one after another, and the table of what each expected and got."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

import httpx
from botocore.exceptions import BotoCoreError, ClientError


class Verdict(Enum):
    RIGHT = "ok"
    NOTE = "note"
    WRONG = "WRONG"
    SKIPPED = "skipped"


class Skipped(Exception):
    """A check that cannot be made, and why."""


@dataclass(frozen=True)
class Finding:
    """What a check expected and got, in words, and whether that is as it should be."""

    expected: str
    got: str
    verdict: Verdict

    @classmethod
    def equal(cls, expected: str, got: str) -> Finding:
        return cls(expected, got, Verdict.RIGHT if expected == got else Verdict.WRONG)

    @classmethod
    def judged(cls, expected: str, got: str, *, right: bool) -> Finding:
        return cls(expected, got, Verdict.RIGHT if right else Verdict.WRONG)


@dataclass(frozen=True)
class Row:
    what: str
    finding: Finding

    def __str__(self) -> str:
        found = self.finding
        if found.verdict is Verdict.SKIPPED:
            return _line(found.verdict.value, self.what, f"not checked: {found.got}")
        return _line(found.verdict.value, self.what, f"{found.expected:42} {found.got}")


Checks = Iterable[tuple[str, Callable[[], Finding]]]
HEADING = f"{'':8} {'what':22} {'expected':42} got"


_PROBLEMS = (BotoCoreError, ClientError, httpx.HTTPError, LookupError, ValueError)


def made(checks: Checks) -> Iterator[Row]:
    """Each as it is made; no answer is wrong, and so is one without what is looked for."""
    for what, check in checks:
        try:
            finding = check()
        except Skipped as skipped:
            finding = Finding("", str(skipped), Verdict.SKIPPED)
        except _PROBLEMS as problem:
            finding = Finding("an answer", f"{type(problem).__name__}: {problem}", Verdict.WRONG)
        yield Row(what, finding)


def table(checks: Checks) -> int:
    """Prints it, a row as soon as it is known: 1 where one is wrong, else 0."""
    print(HEADING)
    counts: Counter[Verdict] = Counter()
    for row in made(checks):
        print(row)
        sys.stdout.flush()
        counts[row.finding.verdict] += 1
    said = (f"{counts[each]} {each.value}" for each in Verdict if counts[each])
    print(f"\n{', '.join(said)}")
    return 1 if counts[Verdict.WRONG] else 0


def _line(verdict: str, what: str, rest: str) -> str:
    return f"{verdict:8} {what:22} {rest}"
