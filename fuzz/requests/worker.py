"""The process that fuzzes: ``python -m fuzz.requests.worker DIRECTORY SECONDS SEED``.

What it is at stands in ``DIRECTORY/current.json``, for one
who finds it dead; what it has found and kept, in files beside that.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import random
import re
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz.requests.behaviour import Lines, behaviour
from fuzz.requests.grammar import Case, Grammar
from fuzz.requests.mutation import Mutation
from fuzz.requests.oracles import findings
from fuzz.requests.sandbox import Sandbox, limit_memory
from fuzz.requests.shrinking import shrunk

CORPUS = Path(__file__).with_name("corpus.jsonl")
# On a machine that makes 2 million additions in 0.13 s of processor; a slower one has more.
ADDITIONS_SECONDS = 0.13
# What a first request of its kind would wait for is no cost of its content.
WARM_CASES = 150
TRIES = 3
# Cases before the one at hand that are kept for what it alone does not show.
REMEMBERED = 40
# Of the cases: new ones; the others are changed ones.
NEW = 0.25
_COSTS = ("s of CPU", "s of decoding")
_MEASURED = re.compile(r"\d[\d.]*")
_now = time.monotonic  # the real one, which a case does not move


@dataclass
class Found:
    """A case, and what does not hold of it; ``kind`` without figures.

    ``before``: the cases before it, where they matter.
    """

    case: Case
    texts: list[str]
    before: list[Case] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return kind_of(self.texts[0])


@dataclass
class Fuzzing:
    """The cases that are kept, what they have shown, and what was found."""

    sandbox: Sandbox
    slowness: float
    kept: list[Case] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    found: dict[str, Found] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    requests: int = 0
    slowest: float = 0.0

    def try_out(self, case: Case, lines: Lines | None = None) -> list[str]:
        """Runs it, keeps it when it does something new, and returns what does not hold."""
        before = lines.seen if lines else 0
        texts, seen = [], set()
        for exchange in self.sandbox.run(case):
            self.requests += 1
            name = str(exchange.status)
            self.statuses[name] = self.statuses.get(name, 0) + 1
            self.slowest = max(self.slowest, exchange.seconds)
            texts += findings(exchange, self.slowness)
            seen |= behaviour(exchange)
        if not seen <= self.seen or (lines and lines.seen > before):
            self.seen |= seen
            self.kept.append(case)
        return texts

    def confirmed(self, case: Case, texts: list[str]) -> list[str]:
        """Without what other work on the machine may have added."""
        for _ in range(TRIES - 1):
            if not any(cost in text for text in texts for cost in _COSTS):
                break
            kinds = {kind_of(text) for text in self._texts(case)}
            texts = [text for text in texts if kind_of(text) in kinds]
        return texts

    def note(self, case: Case, texts: list[str], before: list[Case]) -> Found | None:
        """None when there is nothing new about it. ``before``: what the sandbox may remember."""
        self.sandbox.renew()
        if kind_of(texts[0]) in self.found:
            return None
        kind = kind_of(texts[0])
        if kind not in map(kind_of, self._texts(case)):
            self.found[kind] = Found(case, texts, before)
            return self.found[kind]
        small = shrunk(case, lambda tried: kind in map(kind_of, self._texts(tried)))
        self.found[kind] = Found(small, self._texts(small) or texts)
        return self.found[kind]

    def _texts(self, case: Case) -> list[str]:
        return [
            text
            for exchange in self.sandbox.run(case)
            for text in findings(exchange, self.slowness)
        ]


def kind_of(text: str) -> str:
    return _MEASURED.sub("0", text)[:100]


def corpus() -> list[Case]:
    """Those that were found or kept before, and are tried first."""
    if not CORPUS.exists():
        return []
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def slowness() -> float:
    """Of this machine, beside the one that limits are for."""
    return max(1.0, min(_add() for _ in range(TRIES)) / ADDITIONS_SECONDS)


def _add() -> float:
    began = time.process_time()
    total = 0
    while total < 2_000_000:
        total += 1
    return time.process_time() - began


def prepared(directory: Path) -> Fuzzing:
    """As below, where nothing slows this process down but the machine."""
    return fuzzing_of(directory, slowness())


def fuzzing_of(directory: Path, slow: float) -> Fuzzing:
    """A sandbox in this process, warm and within its memory; its output goes into a file."""
    log = directory / "output"
    log.touch()
    out = os.open(log, os.O_WRONLY | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(out, stream)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    limit_memory()
    sandbox = Sandbox(log)
    grammar = Grammar(random.Random(0))
    for case in (*corpus()[:50], *(grammar.case() for _ in range(WARM_CASES))):
        sandbox.run(case)
    gc.collect()
    gc.freeze()
    return Fuzzing(sandbox, slow)


def cases(fuzzing: Fuzzing, chance: random.Random) -> Iterator[Case]:
    """Those of the corpus, then new and changed ones without end."""
    yield from corpus()
    grammar, mutation = Grammar(chance), Mutation(chance)
    while True:
        if not fuzzing.kept or chance.random() < NEW:
            yield grammar.case()
        else:
            yield mutation.of(_recent(fuzzing.kept, chance), chance.choice(fuzzing.kept))


def _recent(kept: list[Case], chance: random.Random) -> Case:
    """Any, the later ones more often."""
    return kept[int(len(kept) * (1 - chance.random() ** 2))]


def fuzz(directory: Path, seconds: float, seed: int) -> None:
    fuzzing, lines = prepared(directory), Lines()
    until, executed, began = _now() + seconds, 0, _now()
    before: deque[Case] = deque(maxlen=REMEMBERED)
    for case in cases(fuzzing, random.Random(seed)):
        if _now() >= until:
            break
        (directory / "current.json").write_text(json.dumps(case))
        executed += 1
        texts = fuzzing.try_out(case, lines)
        if texts and (texts := fuzzing.confirmed(case, texts)):
            found = fuzzing.note(case, texts, list(before))
            if found:
                save(directory, found)
        before.append(case)
        if executed % 500 == 0:
            report(directory, fuzzing, executed, _now() - began, lines)
    report(directory, fuzzing, executed, _now() - began, lines)


def name_of(case: Case) -> str:
    return hashlib.sha256(json.dumps(case, sort_keys=True).encode()).hexdigest()[:12]


def save(directory: Path, found: Found) -> None:
    path = directory / f"finding-{name_of(found.case)}.json"
    said = {"findings": found.texts, "case": found.case, "before": found.before}
    path.write_text(json.dumps(said, indent=1))


def report(
    directory: Path, fuzzing: Fuzzing, executed: int, seconds: float, lines: Lines | None = None
) -> None:
    said: dict[str, Any] = {
        "executed": executed,
        "requests": fuzzing.requests,
        "seconds": round(seconds),
        "behaviours": len(fuzzing.seen),
        "lines": (lines and lines.seen) or None,
        "kept": len(fuzzing.kept),
        "statuses": dict(sorted(fuzzing.statuses.items())),
        "slowest": round(fuzzing.slowest, 3),
        "slowness": round(fuzzing.slowness, 2),
        "found": len(fuzzing.found),
    }
    (directory / "report.json").write_text(json.dumps(said))
    _write_lines(directory / "kept.jsonl", fuzzing.kept)


def _write_lines(path: Path, kept: Iterable[Case]) -> None:
    path.write_text("".join(f"{json.dumps(case, separators=(',', ':'))}\n" for case in kept))


if __name__ == "__main__":
    fuzz(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3]))
