"""Cases once more, in a process of their own: ``python -m fuzz.requests.replay [FILE]``.

Of a file: what came of each request. Without one: what does not hold of the corpus, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from fuzz.requests.grammar import Case
from fuzz.requests.oracles import body_of, findings
from fuzz.requests.worker import Fuzzing, corpus, name_of, prepared

CORPUS_SLOWNESS = 5


def main() -> None:
    out = os.fdopen(os.dup(1), "w")
    with tempfile.TemporaryDirectory(prefix="image-search-fuzz-") as scratch:
        fuzzing = prepared(Path(scratch))
        if len(sys.argv) > 1:
            for line in _shown(fuzzing, json.loads(Path(sys.argv[1]).read_text())):
                print(line, file=out)
        else:
            json.dump(_of_corpus(fuzzing), out)
        out.flush()


def _of_corpus(fuzzing: Fuzzing) -> dict[str, Any]:
    # A test must not depend on what else the machine does: what was found took 30 times too long.
    fuzzing.slowness *= CORPUS_SLOWNESS
    wrong = {}
    for case in corpus():
        texts = fuzzing.try_out(case)
        if texts and (texts := fuzzing.confirmed(case, texts)):
            wrong[name_of(case)] = texts
    return {"requests": fuzzing.requests, "statuses": fuzzing.statuses, "wrong": wrong}


def _shown(fuzzing: Fuzzing, said: dict[str, Any]) -> list[str]:
    case: Case = said.get("case", said)
    for before in said.get("before", ()):
        fuzzing.sandbox.run(before)
    lines = []
    for exchange in fuzzing.sandbox.run(case):
        lines += [f"> {json.dumps(exchange.event)[:2_000]}", f"< {exchange.status}"]
        lines += [f"< {name}: {value[:300]}" for name, value in exchange.headers.items()]
        lines += [f"< {body_of(exchange)[:1_000]!r}", f"log {exchange.log[:3_000]}"]
        lines += [f"{exchange.seconds:.3f} s, decoder {exchange.decoder_seconds:.2f} s"]
        lines += [f"sent to {where}: {text[:500]}" for where, text in exchange.sent]
        lines += [f"WRONG {text}" for text in findings(exchange, fuzzing.slowness)]
    return lines


if __name__ == "__main__":
    main()
