"""The same cases, led by what code they reach (atheris): ``… DIRECTORY SECONDS SEED``.

libFuzzer chooses what to go on from; how it is changed is ours. Time is not looked at, as code that
notes what it reaches takes several times as long.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path

import atheris

from fuzz.requests.grammar import Grammar
from fuzz.requests.mutation import Mutation
from fuzz.requests.worker import corpus, fuzzing_of, kind_of, name_of, report, save

_now = time.monotonic  # the real one, which a case does not move
_SLOWNESS = 1_000.0
_MOST_BYTES = 20_000


def main() -> None:
    directory, seconds, seed = Path(sys.argv[1]), int(float(sys.argv[2])), int(sys.argv[3])
    with atheris.instrument_imports(include=["api", "image_search"]):
        fuzzing = fuzzing_of(directory, _SLOWNESS)

    began = _now()
    executed = 0

    def one(data: bytes) -> None:
        nonlocal executed
        try:
            case = json.loads(data)
        except ValueError:
            return
        executed += 1
        if executed % 100 == 0:
            report(directory, fuzzing, executed, _now() - began)
        (directory / "current.json").write_bytes(data)
        texts = fuzzing.try_out(case)
        if texts and kind_of(texts[0]) not in fuzzing.found:
            found = fuzzing.note(case, texts, [])
            if found:
                save(directory, found)

    with tempfile.TemporaryDirectory(prefix="image-search-fuzz-") as scratch:
        for case in corpus():
            Path(scratch, name_of(case)).write_text(json.dumps(case))
        words = [f"-max_total_time={seconds}", f"-seed={seed}", f"-max_len={_MOST_BYTES}"]
        words += ["-timeout=120", "-rss_limit_mb=0", "-print_final_stats=1", scratch]
        atheris.Setup([sys.argv[0], *words], one, custom_mutator=changed)
        atheris.Fuzz()


def changed(data: bytes, _: int, number: int) -> bytes:
    """By our own grammar; ``number`` is libFuzzer's seed."""
    chance = random.Random(number)
    try:
        case = json.loads(data)
    except ValueError:
        case = Grammar(chance).case()
    return json.dumps(Mutation(chance).of(case, Grammar(chance).case())).encode()


if __name__ == "__main__":
    main()
