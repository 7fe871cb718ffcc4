"""Runs MiniStack, the AWS emulator, in the foreground; its environment variables set it up.

MiniStack waits up to 50 ms per invocation for a function's first log line. A proxy that answers
in milliseconds would be measured by that wait, so it is shortened here. The arguments are private
to MiniStack: they are checked first, and the exact version is pinned in `requirements/`.

Command-line arguments are ignored: they only mark the process as belonging to one stack.
"""

import inspect
import sys

from ministack.app import main
from ministack.core.lambda_runtime import Worker

LOG_WAITS = {"first_line_wait": 0.002, "idle_confirm": 0.002, "hard_cap": 0.250}
"""Seconds to wait for the first line, for a further line, and at most."""


def shorten_log_waits() -> None:
    """Lower the defaults with which a worker waits for a function's log lines."""
    drain = Worker._drain_stderr_bounded
    arguments = list(inspect.signature(drain).parameters)[1:]
    if arguments != list(LOG_WAITS):
        raise SystemExit(
            f"MiniStack's log waits are now {arguments}, expected {list(LOG_WAITS)}: "
            "adapt local/emulator.py to the pinned version"
        )
    drain.__defaults__ = tuple(LOG_WAITS.values())


if __name__ == "__main__":
    shorten_log_waits()
    sys.argv = sys.argv[:1]
    main()
