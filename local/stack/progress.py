"""Shows on the terminal what the local stack is doing, and for how long."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from stack.problem import StackProblem


class Progress:
    """Writes one line per step, with the seconds that the step took."""

    def __init__(self, console: Console) -> None:
        self.console = console

    @contextmanager
    def step(self, doing: str) -> Iterator[None]:
        """Show `doing` while the body runs, then how long it took."""
        started = time.monotonic()
        if not self.console.is_terminal:  # a log file: no spinner, but say what is under way
            self.console.print(f"  … {doing}", end="", markup=False, highlight=False)
        try:
            with self.console.status(escape(doing)):
                yield
        except BaseException:
            self._finish("[red]✗[/]", doing, started)
            raise
        self._finish("[green]✓[/]", doing, started)

    def note(self, text: str) -> None:
        """Say something that is not a step."""
        self.console.print(f"  [dim]· {escape(text)}[/]")

    def problem(self, problem: StackProblem) -> None:
        """Say what failed, where the details are, and what to do."""
        self.console.print(f"\n[bold red]{escape(problem.what)}[/]")
        for line in problem.log_tail():
            self.console.print(f"  [dim]│[/] {escape(line)}", highlight=False)
        if problem.log is not None:
            self.console.print(f"  The whole log: {escape(str(problem.log))}")
        self.console.print(f"[bold]What to do:[/] {escape(problem.advice)}\n")

    def _finish(self, mark: str, doing: str, started: float) -> None:
        taken = f"[dim]{time.monotonic() - started:.1f} s[/]"
        done = f"  {mark} {escape(doing)}" if self.console.is_terminal else f" {mark}"
        self.console.print(f"{done} {taken}", highlight=False)
