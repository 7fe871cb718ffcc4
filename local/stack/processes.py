"""Background processes that outlive the command that starts them, and are found again later.

Each is described by a file with its id and command line. A process is only ever taken for ours,
and stopped, when its command line still is the one that was written down: ids are reused.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from stack.problem import StackProblem

START_SECONDS = 5.0
STOP_SECONDS = 8.0
POLL_SECONDS = 0.05


@dataclass(frozen=True)
class Process:
    """A background process described by `file`, its output going to `log`."""

    file: Path
    log: Path

    def start(self, command: Sequence[str], environment: Mapping[str, str], cwd: Path) -> None:
        """Start `command` in a session of its own and write down what it is."""
        with self.log.open("w") as output:
            child = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.file.write_text(json.dumps({"pid": child.pid, "command": list(command)}))
        deadline = time.monotonic() + START_SECONDS
        while not self.is_running() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)  # its command line is empty while it is being replaced

    def is_running(self) -> bool:
        """Whether the process that the file describes is still there."""
        return self._pid() is not None

    def wait_until(self, ready: Callable[[], bool], seconds: float, what: str) -> None:
        """Return once `ready()`, or raise a problem when the process ends or time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.is_running():
                raise StackProblem(f"{what} stopped right away.", "See its log above.", self.log)
            if time.monotonic() > deadline:
                advice = "Try again; the machine may be busy. Its log is above."
                raise StackProblem(f"{what} did not answer in {seconds:.0f} s.", advice, self.log)
            time.sleep(POLL_SECONDS)

    def stop(self) -> bool:
        """End the process and what it started; false when there was none of ours."""
        pid = self._pid()
        self.file.unlink(missing_ok=True)
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while _command_line(pid) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)  # its group: workers that did not go with it
        return True

    def _pid(self) -> int | None:
        try:
            written = json.loads(self.file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return None
        pid, arguments = int(written["pid"]), written["command"][1:]
        # The first word is left out: some Pythons replace it with their real path.
        return pid if _command_line(pid).endswith(" ".join(arguments)) else None


def _command_line(pid: int) -> str:
    """The words of a running process's command line, empty when there is none."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except OSError:
            return ""
    shown = subprocess.run(
        ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return "" if shown.startswith("Z") else shown
