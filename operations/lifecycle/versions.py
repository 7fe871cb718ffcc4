"""Deletes versions that deployments leave: `make deploy` ends with it, also where it fails.

`python -m operations.lifecycle.versions --environment NAME [failed TEMPLATE]`

Each published version keeps a SnapStart snapshot, which is billed until the version is deleted. The
last three stay, to roll back to, and whatever an alias points to. A deployment that failed leaves a
version too, which has served nobody: it would be what `make rollback` finds.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from operations.environment import Environment
from operations.lifecycle.command import arguments, ended
from operations.lifecycle.ready import in_the_way
from operations.lifecycle.stack import Function, Stack, Version

if TYPE_CHECKING:
    import boto3

KEPT = 3


def prune(function: Function) -> list[Version]:
    """Those that were deleted."""
    in_use = function.in_use()
    return _deleted(
        function, [each for each in function.versions()[:-KEPT] if each.number not in in_use]
    )


def discard(function: Function, released: str) -> list[Version]:
    """Deletes what a release that failed has published, unless an alias points to it."""
    in_use = function.in_use()
    return _deleted(
        function,
        [
            each
            for each in function.versions()
            if each.released == released and each.number not in in_use
        ],
    )


def _deleted(function: Function, versions: list[Version]) -> list[Version]:
    for version in versions:
        function.delete(version)
    return versions


def after_deployment(environment: Environment, session: boto3.Session) -> None:
    for function in Stack.find(environment, session).functions(session):
        if pruned := prune(function):
            print(f"{function.name}: deleted {_listed(pruned)}; the last {KEPT} stay.")


def after_failure(environment: Environment, session: boto3.Session, built: Path) -> None:
    """Says what to do about the stack. ``built``: the template that was deployed."""
    stack = Stack.find(environment, session)
    if said := in_the_way(environment, stack):
        print(said, file=sys.stderr)
    if stack.status != "UPDATE_ROLLBACK_COMPLETE":
        return
    released = re.search(r"VersionDescription: (\S+)", built.read_text())
    for function in stack.functions(session) if released else ():
        if discarded := discard(function, str(released and released[1])):
            print(f"{function.name}: deleted {_listed(discarded)}, which failed.")


def _listed(versions: list[Version]) -> str:
    noun = "versions" if len(versions) > 1 else "version"
    return f"{noun} {', '.join(map(str, versions))}"


def main(words: list[str] | None = None) -> int:
    given = arguments("make deploy", words, "failed")

    def run(environment: Environment) -> None:
        if given.failed:
            after_failure(environment, environment.session(), Path(given.failed[-1]))
        else:
            after_deployment(environment, environment.session())

    return ended(run, given.environment, "make deploy")


if __name__ == "__main__":
    sys.exit(main())
