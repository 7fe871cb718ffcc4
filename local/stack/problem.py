"""What can go wrong with the local stack, as the person who runs it reads it."""

from pathlib import Path

TAIL_LINES = 25


class StackProblem(Exception):
    """A step failed.

    `what` says what failed, `advice` what to do about it; `log` is the file with the details.
    """

    def __init__(self, what: str, advice: str, log: Path | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice
        self.log = log

    def log_tail(self) -> list[str]:
        """The last lines of the log, or nothing when there is none."""
        if self.log is None or not self.log.exists():
            return []
        return self.log.read_text(errors="replace").splitlines()[-TAIL_LINES:]
