"""`make rollback`: the version before serves again, within seconds and without a deployment.

A version is the code, its layers and its environment variables, so this undoes a deployment of code
and one of parameters. Both functions move to what the same deployment published. Needs
`cloudformation:DescribeStacks`, `cloudformation:ListStackResources`, `lambda:ListAliases`,
`lambda:ListVersionsByFunction` and `lambda:UpdateAlias`.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from operations.environment import Environment, EnvironmentProblem
from operations.lifecycle.command import arguments, ended
from operations.lifecycle.ready import AT_ONCE, in_the_way
from operations.lifecycle.stack import Function, Stack, Version

if TYPE_CHECKING:
    import boto3


@dataclass(frozen=True)
class Move:
    """``to``: None where the function has no version of that release, so it stays as it is."""

    function: Function
    live: int
    to: Version | None

    def __str__(self) -> str:
        if self.to is None:
            return f"{self.function.name} stays at {self.live}: it has no version of that release."
        return f"{self.function.name}: {self.live} -> {self.to}"


def moves(functions: list[Function], *, forward: bool) -> list[Move]:
    """The first function's next version, or the one before, and what others have of its release.

    Raises ``EnvironmentProblem`` where there is none.
    """
    first, *others = functions
    live = first.live()
    if live is None:
        raise EnvironmentProblem(f"{first.name} has no alias that points to a version.")
    versions = first.versions()
    newer = [each for each in versions if each.number > live]
    older = [each for each in versions if each.number < live]
    if not (newer if forward else older):
        direction = "after" if forward else "before"
        raise EnvironmentProblem(f"There is no version {direction} {live}, which serves now.")
    to = newer[0] if forward else older[-1]
    return [Move(first, live, to), *_along(others, to)]


def _along(functions: list[Function], to: Version) -> list[Move]:
    found = []
    for function in functions:
        live = function.live()
        same = [each for each in function.versions() if each.released == to.released]
        if live is not None:
            found.append(Move(function, live, same[-1] if same else None))
    return found


def roll_back(
    environment: Environment, session: boto3.Session, *, forward: bool, yes: bool
) -> None:
    """Asks first where the environment does."""
    print(environment.described(session))
    stack = Stack.find(environment, session)
    functions = stack.functions(session)
    obstacle = in_the_way(environment, stack)
    if obstacle or not functions:
        raise EnvironmentProblem(obstacle or f"{environment.stack_name} is not deployed.")
    planned = moves(functions, forward=forward)
    for move in planned:
        print(move)
    environment.confirm("Requests go to these versions.", yes=yes)
    for move in planned:
        if move.to is not None:
            move.function.serve(move.to)
    undo = "" if forward else " UNDO=1"
    print(f"Done. To undo it: make rollback ENV={environment.name}{undo}")
    print(
        "Parameters that are no variables of the functions stay as they were deployed. "
        "The next `make deploy` moves on"
        + (f", all at once: PARAMETERS={AT_ONCE}." if stack.is_gradual else ".")
    )


def main(words: list[str] | None = None) -> int:
    given = arguments("make rollback", words, "undo")

    def run(environment: Environment) -> None:
        roll_back(environment, environment.session(), forward=bool(given.undo), yes=given.yes)

    return ended(run, given.environment, "make rollback")


if __name__ == "__main__":
    sys.exit(main())
