"""Adds to the corpus: ``python -m fuzz.requests.growth FILE``, a file of cases, one a line."""

from __future__ import annotations

import json
import re
import sys
import tempfile
from pathlib import Path

from fuzz.requests.behaviour import behaviour
from fuzz.requests.grammar import Case
from fuzz.requests.worker import CORPUS, Fuzzing, corpus, prepared

# The corpus is tried by each `make test`.
MOST_LETTERS = 1_500
MOST_BYTES = 100_000
MOST_SECONDS = 0.03
# Of what was logged, so much says what kind of thing happened.
_KIND = re.compile(r"^(\S* \S* \d* .{0,40}).*", re.DOTALL)


def main() -> None:
    given = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines()]
    with tempfile.TemporaryDirectory(prefix="image-search-fuzz-") as scratch:
        kept = _grown(prepared(Path(scratch)), corpus(), given)
    CORPUS.write_text("".join(f"{_line(case)}\n" for case in kept), encoding="utf-8")


def _grown(fuzzing: Fuzzing, kept: list[Case], given: list[Case]) -> list[Case]:
    """All that was there, and the smallest of what does something else."""
    seen: set[str] = set()
    for case in kept:
        seen |= _kinds(fuzzing, case) or set()
    size = sum(map(len, map(_line, kept)))
    for case in sorted(given, key=lambda each: len(_line(each))):
        if len(_line(case)) > MOST_LETTERS or size > MOST_BYTES:
            break
        kinds = _kinds(fuzzing, case)
        if kinds is not None and not kinds <= seen:
            seen |= kinds
            kept.append(case)
            size += len(_line(case))
    return kept


def _kinds(fuzzing: Fuzzing, case: Case) -> set[str] | None:
    """What it does, roughly; None for what takes long."""
    exchanges = fuzzing.sandbox.run(case)
    if sum(each.seconds + each.decoder_seconds for each in exchanges) > MOST_SECONDS:
        return None
    return {_KIND.sub(r"\1", each) for exchange in exchanges for each in behaviour(exchange)}


def _line(case: Case) -> str:
    return json.dumps(case, separators=(",", ":"), sort_keys=True)


if __name__ == "__main__":
    main()
