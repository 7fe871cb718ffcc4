"""The file that a run leaves behind for the guard, the calculator and the plots."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import places
from benchmarks.measured import Case

FILE = places.DIRECTORY / "results.json"


@dataclass
class Results:
    """``facts``: what else was found out, by name, such as where the time of an import goes."""

    cases: list[Case] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def replace(self, part: str, cases: Sequence[Case], facts: dict[str, Any]) -> None:
        """A part that is run anew leaves the others as they were."""
        self.cases = [case for case in self.cases if case.part != part] + list(cases)
        self.facts |= facts

    def find(self, key: str) -> Case:
        (case,) = (case for case in self.cases if case.key == key)
        return case

    def save(self, file: Path = FILE) -> None:
        file.parent.mkdir(exist_ok=True)
        content = {"cases": [case.to_json() for case in self.cases], "facts": self.facts}
        file.write_text(json.dumps(content, indent=1))

    @classmethod
    def load(cls, file: Path = FILE) -> Results:
        """Empty when nothing has been run yet."""
        if not file.exists():
            return cls()
        content = json.loads(file.read_text())
        return cls([Case.from_json(case) for case in content["cases"]], content["facts"])
