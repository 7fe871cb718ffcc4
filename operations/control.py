"""`make control`, `cap`, `pause`, `resume`, and `purge` of everything: what needs no deployment.

They write the control item of the cache table, which every sandbox reads within 15 s. Each changes
attributes of its own, in one write: two operators at once do not undo one another. Needs
`cloudformation:DescribeStacks`, `dynamodb:GetItem`, `dynamodb:UpdateItem` and
`sts:GetCallerIdentity`, which needs no permission.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from image_search.aws.table import Item
from image_search.search.control_item import (
    CALLS_PER_DAY,
    GENERATION,
    KEY,
    MOST_CALLS_PER_DAY,
    PAUSED,
    READ_SECONDS,
    Control,
    parse,
)
from operations.environment import Environment, EnvironmentProblem, outputs, parameters

# The generation before the last purge, 0 for none; only `make purge UNDO=1` reads it.
PURGED = "generation_before"
TEMPLATE = "template"
_KEY = {"pk": {"S": KEY}}


@dataclass(frozen=True)
class Deployed:
    """``environment``'s item. ``calls_per_day``: the template's daily cap, as deployed."""

    environment: Environment
    dynamodb: Any
    table: str
    calls_per_day: str

    @classmethod
    def find(cls, environment: Environment, session: Any) -> Deployed:
        stack = environment.stack(session)
        return cls(
            environment,
            session.client("dynamodb"),
            outputs(stack)["TableName"],
            parameters(stack).get("UpstreamCallsPerDay", "?"),
        )

    def read(self) -> Mapping[str, Any]:
        """Empty where there is none."""
        found = self.dynamodb.get_item(TableName=self.table, Key=_KEY, ConsistentRead=True)
        return dict(found.get("Item", {}))

    def control(self) -> Control | None:
        """None where the functions cannot understand it."""
        return parse(Item(self.read()))

    def update(self, expression: str, values: Mapping[str, Any], condition: str = "") -> None:
        arguments: dict[str, Any] = {"UpdateExpression": expression}
        if values:
            arguments["ExpressionAttributeValues"] = values
        if condition:
            arguments["ConditionExpression"] = condition
        self.dynamodb.update_item(TableName=self.table, Key=_KEY, **arguments)


def cap(deployed: Deployed, calls: int | None) -> str:
    """``calls``: None for the template's. Says how to undo it."""
    before = _number(deployed.read(), CALLS_PER_DAY)
    if calls is None:
        deployed.update(f"REMOVE {CALLS_PER_DAY}", {})
    else:
        deployed.update(f"SET {CALLS_PER_DAY} = :calls", {":calls": {"N": str(calls)}})
    return f"make cap ENV={deployed.environment.name} CALLS={before or TEMPLATE}"


def pause(deployed: Deployed) -> str:
    deployed.update(f"SET {PAUSED} = :yes", {":yes": {"BOOL": True}})
    return f"make resume ENV={deployed.environment.name}"


def resume(deployed: Deployed) -> str:
    deployed.update(f"REMOVE {PAUSED}", {})
    return f"make pause ENV={deployed.environment.name}"


def purge(deployed: Deployed) -> str:
    """A new generation, which no purge had before: also where the item was lost since."""
    now = {":new": {"N": str(time.time_ns() // 1_000_000)}, ":none": {"N": "0"}}
    deployed.update(f"SET {PURGED} = if_not_exists({GENERATION}, :none), {GENERATION} = :new", now)
    return f"make purge ENV={deployed.environment.name} UNDO=1"


def undo_purge(deployed: Deployed) -> str:
    """Answers from before the last purge are found again, unless they have expired.

    Raises ``EnvironmentProblem`` where there is none to undo.
    """
    item = deployed.read()
    before = _number(item, PURGED)
    if before is None or _number(item, GENERATION) is None:
        raise EnvironmentProblem("There is no purge to undo.")
    values = {":seen": item[GENERATION]}
    if before:
        expression = f"SET {GENERATION} = :before REMOVE {PURGED}"
        values[":before"] = {"N": str(before)}
    else:
        expression = f"REMOVE {GENERATION}, {PURGED}"
    deployed.update(expression, values, f"{GENERATION} = :seen")
    return f"make purge ENV={deployed.environment.name}"


def described(deployed: Deployed) -> str:
    """What holds, a line each."""
    control = deployed.control()
    if control is None:
        return (
            "The control item cannot be understood, so sandboxes go on with what they read before:"
            f" {dict(deployed.read())}"
        )
    calls = control.calls_per_day
    return "\n".join(
        (
            f"Daily cap: {deployed.calls_per_day}, UpstreamCallsPerDay of the template"
            if calls is None
            else f"Daily cap: {calls}, instead of UpstreamCallsPerDay = {deployed.calls_per_day}",
            f"Cache generation: {control.generation or 'that of the template, without a purge'}",
            f"Upstream calls: {'PAUSED' if control.paused else 'made as needed'}",
        )
    )


def notice(deployed: Deployed) -> str:
    """What a deployment does not change, as an operator's command stands above it."""
    control, name = deployed.control(), deployed.environment.name
    if control is None:
        return f"WARNING: {described(deployed)}"
    said = []
    if control.calls_per_day is not None:
        said.append(
            f"WARNING: UpstreamCallsPerDay = {deployed.calls_per_day} has no effect: the daily cap "
            f"is {control.calls_per_day} until `make cap ENV={name} CALLS={TEMPLATE}`."
        )
    if control.paused:
        said.append(f"WARNING: upstream calls are paused until `make resume ENV={name}`.")
    return "\n".join(said)


def _number(item: Mapping[str, Any], name: str) -> int | None:
    return Item(item).number(name)


def _calls(text: str) -> int | None:
    if text == TEMPLATE:
        return None
    calls = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= calls <= MOST_CALLS_PER_DAY:
        raise EnvironmentProblem(
            f"CALLS should be a number from 1 to {MOST_CALLS_PER_DAY}, or {TEMPLATE}. "
            "To make no calls at all: make pause"
        )
    return calls


def _change(command: str, calls: str) -> tuple[str, Callable[[Deployed], str]]:
    """What it does, in words, and does."""
    match command:
        case "cap":
            wanted = _calls(calls)
            return f"The daily cap becomes {calls}.", lambda deployed: cap(deployed, wanted)
        case "pause":
            return "New searches get 503 until they are resumed.", pause
        case "resume":
            return "New searches go upstream again.", resume
        case "purge":
            return "All cached answers are forgotten; each is a call of upstream again.", purge
        case _:
            return "Answers from before the last purge are found again.", undo_purge


def main(words: list[str] | None = None) -> int:
    """0 when it is done, 1 when something is in the way, which is said."""
    parser = argparse.ArgumentParser(prog="make", description=__doc__)
    parser.add_argument("--environment", default="")
    parser.add_argument("--yes", action="store_true")
    commands = ("show", "notice", "cap", "pause", "resume", "purge", "undo-purge")
    parser.add_argument("command", choices=commands)
    parser.add_argument("calls", nargs="?", default="")
    arguments = parser.parse_args(words)
    try:
        _run(arguments.command, arguments.environment, arguments.calls, yes=arguments.yes)
    except (BotoCoreError, ClientError, EnvironmentProblem) as problem:
        print(problem, file=sys.stderr)
        return 0 if arguments.command == "notice" else 1  # what was deployed is deployed
    return 0


def _run(command: str, name: str, calls: str, *, yes: bool) -> None:
    typed = {"undo-purge": "purge", "show": "control"}.get(command, command)
    environment = Environment.read(name, f"make {typed}")
    what, change = ("", None) if command in ("show", "notice") else _change(command, calls)
    session = environment.session()
    if command == "notice":
        said = notice(Deployed.find(environment, session))
        print(said, file=sys.stderr, end="\n" if said else "")
        return
    print(environment.described(session))
    deployed = Deployed.find(environment, session)
    if change is not None:
        environment.confirm(what, yes=yes)
        undo = change(deployed)
        print(f"Done: every sandbox applies it within {READ_SECONDS} s. To undo it: {undo}")
    print(described(deployed))


if __name__ == "__main__":
    sys.exit(main())
