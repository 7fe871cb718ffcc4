"""Fuzz whole requests: ``python -m fuzz.requests SECONDS [SEED]``; what is found is left in
``.local/fuzz/requests-worker-SEED/``. ``python -m fuzz.requests show FILE`` shows what a case does,
and ``… grow FILE`` adds to the corpus what does something new of the cases that a run has kept."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

FOUND = Path(".local", "fuzz")
# A case takes less, whatever it decodes.
PATIENCE_SECONDS = 120
_WARM_SECONDS = 120


def main() -> None:
    match sys.argv[1:]:
        case ["show", path]:
            sys.exit(subprocess.call([sys.executable, "-m", "fuzz.requests.replay", path]))
        case ["grow", path]:
            sys.exit(subprocess.call([sys.executable, "-m", "fuzz.requests.growth", path]))
        case [seconds]:
            sys.exit(run(float(seconds), random.randrange(10**6)))
        case [seconds, seed]:
            sys.exit(run(float(seconds), int(seed)))
        case _:
            sys.exit("usage: python -m fuzz.requests SECONDS [SEED]")


def run(seconds: float, seed: int, program: str = "worker") -> int:
    """How many things were found. ``program``: ``guided``, where there is atheris."""
    directory = FOUND / f"requests-{program}-{seed}"
    directory.mkdir(parents=True, exist_ok=True)
    for old in directory.iterdir():
        old.unlink()
    print(f"Fuzzing whole requests ({program}) for {seconds:.0f} s, seed {seed} …", flush=True)
    until, died = time.monotonic() + seconds, 0
    while (left := until - time.monotonic()) > 1:
        status = _worker(program, directory, left, seed + 1_000_000 * died)
        if status == 0:
            break
        died += 1
        _keep_what_killed(directory, status)
        if died > 5:
            break
    found = sorted(directory.glob("finding-*.json"))
    _print(directory, found)
    return len(found)


def _worker(program: str, directory: Path, seconds: float, seed: int) -> int:
    """Its exit status."""
    words = [sys.executable, "-m", f"fuzz.requests.{program}"]
    words += [str(directory), str(seconds), str(seed)]
    began = time.monotonic()
    with (directory / "output").open("w") as output:
        worker = subprocess.Popen(words, stdout=output, stderr=output)
        while worker.poll() is None:
            time.sleep(0.5)
            if time.monotonic() - began > _WARM_SECONDS and _is_stuck(directory):
                worker.kill()
    return worker.wait()


def _is_stuck(directory: Path) -> bool:
    current = directory / "current.json"
    return not current.exists() or time.time() - current.stat().st_mtime > PATIENCE_SECONDS


def _keep_what_killed(directory: Path, status: int) -> None:
    current = directory / "current.json"
    case: Any = json.loads(current.read_text()) if current.exists() else None
    said = (directory / "output").read_text(errors="replace")[-2_000:]
    text = json.dumps({"findings": [f"the process ended with {status}: {said}"], "case": case})
    (directory / f"finding-death-{time.time_ns()}.json").write_text(text)


def _print(directory: Path, found: list[Path]) -> None:
    report = directory / "report.json"
    if report.exists():
        said = json.loads(report.read_text())
        print("  " + "  ".join(f"{name} {value}" for name, value in said.items()))
    for path in found:
        said = json.loads(path.read_text())
        print(f"FOUND {path}", *(f"  {text}" for text in said["findings"]), sep="\n")


if __name__ == "__main__":
    main()
