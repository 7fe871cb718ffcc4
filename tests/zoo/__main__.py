"""``python -m zoo [FOLDER]``: a table by outcome, and each file with which something is wrong."""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

from zoo.generated import generate
from zoo.judge import Judge, Verdict
from zoo.oracles import INSTALL, metadata, missing_programs

_EVERY = 200


def main() -> int:
    missing = missing_programs()
    if missing:
        print(f"The oracles need {', '.join(missing)}. On Debian: {INSTALL}")
        return 2
    warnings.simplefilter("ignore")  # Pillow's remarks about damage
    if len(sys.argv) > 1:
        return _run(Path(sys.argv[1]))
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        return _run(Path(folder))


def _run(folder: Path) -> int:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if not paths:
        print(f"There is no file in {folder}.")
        return 2
    judge, verdicts, started = Judge(), [], time.monotonic()
    with tempfile.TemporaryDirectory() as sent:
        for number, path in enumerate(paths):
            verdict = judge.judge(path)
            verdicts.append(verdict)
            if verdict.sent is not None:
                (Path(sent) / f"{number}.image").write_bytes(verdict.sent)
            if (number + 1) % _EVERY == 0:
                print(f"… {number + 1} of {len(paths)}", flush=True)
        for name, tags in metadata(Path(sent)).items():
            verdicts[int(name.partition(".")[0])].problems.append(f"metadata: {', '.join(tags)}")
    return _report(folder, verdicts, time.monotonic() - started)


def _report(folder: Path, verdicts: list[Verdict], seconds: float) -> int:
    wrong = [verdict for verdict in verdicts if verdict.problems]
    print(f"\n{'outcome':44} {'files':>6} {'wrong':>6} {'difference, mean and most':>26}")
    bad = Counter(verdict.outcome for verdict in wrong)
    for outcome, count in sorted(Counter(verdict.outcome for verdict in verdicts).items()):
        those = [verdict.difference for verdict in verdicts if verdict.outcome == outcome]
        known = [difference for difference in those if difference is not None]
        colours = f"{sum(known) / len(known):.1f} {max(known):.1f}" if known else ""
        print(f"{outcome:44} {count:6} {bad[outcome]:6} {colours:>26}")
    for verdict in wrong:
        print(f"{verdict.path.relative_to(folder)}: {verdict.outcome}")
        for problem in verdict.problems:
            print(f"    {problem}")
    print(f"{len(verdicts)} files in {seconds:.0f} s, something wrong with {len(wrong)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
