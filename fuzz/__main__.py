"""Fuzz whole requests, and then every target, for shares of the time: ``python -m fuzz SECONDS``.

What breaks a target is left in ``.local/fuzz/``; ``python -m fuzz.target NAME FILE`` shows it.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

from fuzz import seeds
from fuzz.requests import __main__ as whole_requests
from fuzz.targets import TARGETS

FOUND = Path(".local", "fuzz")
MAX_BYTES = 8192


def main() -> None:
    if len(sys.argv) != 2 or not sys.argv[1].isdigit():
        sys.exit("usage: python -m fuzz SECONDS")
    seconds, seed = int(sys.argv[1]), random.randrange(10**6)
    if find_spec("atheris") is None:
        print("atheris has no wheel for this Python: its part needs 3.11 or 3.12", flush=True)
        sys.exit(1 if whole_requests.run(seconds, seed) else 0)
    found = whole_requests.run(seconds / 3, seed)
    found += whole_requests.run(seconds / 3, seed, "guided")
    share = max(1, seconds // 3 // len(TARGETS))
    print(f"Fuzzing {len(TARGETS)} targets, each for {share} s …", flush=True)
    FOUND.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="image-search-fuzz-") as scratch:
        start = Path(scratch, "seeds")
        seeds.write(start)
        broken = [name for name in TARGETS if not _run(name, share, Path(scratch, name), start)]
    broken += ["whole requests"] if found else []
    sys.exit(f"broken: {', '.join(broken)}; see {FOUND}/" if broken else 0)


def _run(name: str, seconds: int, grown: Path, start: Path) -> bool:
    """Whether a target held; ``grown`` is where libFuzzer keeps what reached new code."""
    grown.mkdir()
    words = [
        *(
            f"-max_total_time={seconds}",
            f"-max_len={MAX_BYTES}",
            "-timeout=5",
            "-rss_limit_mb=1024",
        ),
        *(f"-artifact_prefix={FOUND}/{name}-", "-print_final_stats=1", str(grown), str(start)),
    ]
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "fuzz.target", name, *words],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    runs = [line.split()[-1] for line in done.stderr.splitlines() if "executed_units" in line]
    verdict = "held" if done.returncode == 0 else "BROKEN"
    print(
        f"{name:14} {verdict:6} {time.monotonic() - began:5.0f} s"
        f"  {runs[-1] if runs else '?':>9} runs  {len(list(grown.iterdir())):5} inputs kept",
        flush=True,
    )
    if done.returncode != 0:
        print(done.stdout[-2000:], done.stderr[-4000:], sep="\n", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    main()
