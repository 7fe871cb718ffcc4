"""Loggers of the functions as tests need them: Powertools makes one for the life of a process."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout


def another_process() -> None:
    """Powertools keeps a logger by its name, and with it the secrets that its first maker knows."""
    logging.root.manager.loggerDict.pop("image-search-proxy", None)


class _CurrentOutput:
    """Standard output as it is when something is written."""

    def write(self, text: str) -> int:
        return sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


@contextmanager
def logging_to_current_output() -> Iterator[None]:
    """For loggers made in a fixture: pytest has another output while those are set up, and what is
    logged to that later is seen by no test."""
    with redirect_stdout(_CurrentOutput()):
        yield
