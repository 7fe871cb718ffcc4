"""One target in this process: ``python -m fuzz.target NAME [libFuzzer's arguments]``."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["image_search"]):
    from fuzz.targets import TARGETS


def main() -> None:
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    main()
