"""What the commands of this package have in common: their options, and how they end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from operations.environment import Environment, EnvironmentProblem


def arguments(typed: str, words: list[str] | None, *rest: str) -> argparse.Namespace:
    """``rest``: the words that may follow the options."""
    parser = argparse.ArgumentParser(prog=typed)
    parser.add_argument("--environment", default="")
    parser.add_argument("--yes", action="store_true")
    for name in rest:
        parser.add_argument(name, nargs="*")
    return parser.parse_args(words)


def ended(run: Callable[[Environment], None], name: str, typed: str) -> int:
    """0 when it is done, 1 when something is in the way, which is said."""
    try:
        run(Environment.read(name, typed))
    except (BotoCoreError, ClientError, EnvironmentProblem) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0
