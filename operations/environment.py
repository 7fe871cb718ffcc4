"""The environments of samconfig.toml, and which of them a command acts on.

`python -m operations.environment NAME` is what `make deploy` begins with: it says where it deploys
to, or what is wrong with the name.
"""

from __future__ import annotations

import os
import sys
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3

# `make deploy SAM_CONFIG=…` names another, as continuous integration does.
SAM_CONFIG = Path(
    os.environ.get("SAM_CONFIG") or Path(__file__).parents[1] / "samconfig.toml"
).absolute()
# The emulator's, which `make run` deploys to: it is found, but never offered.
LOCAL = "local"


class EnvironmentProblem(Exception):
    """What is in the way, as it is said to who typed the command."""


@dataclass(frozen=True)
class Environment:
    """``region``, ``profile``: None for what the shell's own credentials say.

    ``asks``: whether a command asks before it changes something.
    """

    name: str
    stack_name: str
    region: str | None
    profile: str | None
    asks: bool

    @classmethod
    def read(cls, name: str, command: str, config: Path | None = None) -> Environment:
        """Raises ``EnvironmentProblem`` for a name that is missing, or none of the file's.

        ``command``: as it is typed, for the example in that.
        """
        found = tomllib.loads((config or SAM_CONFIG).read_text())
        environments = {
            key: part
            for key, part in found.items()
            if isinstance(part, dict) and _of(part, "stack_name") is not None
        }
        if name not in environments:
            problem = f"there is no environment {name!r}" if name else "ENV is missing"
            offered = [each for each in environments if each != LOCAL]
            raise EnvironmentProblem(
                f"{problem}: say which one, as in `{command} ENV={next(iter(offered), '…')}`. "
                f"samconfig.toml has {', '.join(offered) or 'none'}."
            )
        part = environments[name]
        return cls(
            name=name,
            stack_name=str(_of(part, "stack_name")),
            region=_of(part, "region"),
            profile=_of(part, "profile"),
            asks=name.startswith("prod") or _of(part, "confirm_changeset") is True,
        )

    def session(self) -> boto3.Session:
        """With the region and the profile that the environment is deployed with.

        Raises ``EnvironmentProblem`` where the local stack is not up: its stack has the name of
        prod's, which credentials in the shell might reach.
        """
        if self.name == LOCAL and not os.environ.get("AWS_ENDPOINT_URL"):
            raise EnvironmentProblem("The local stack is not up: make run")
        return boto3.Session(region_name=self.region, profile_name=self.profile)

    def described(self, session: boto3.Session) -> str:
        """Stack, region and account. Raises botocore's errors."""
        account = session.client("sts").get_caller_identity()["Account"]
        return (
            f"{self.name}: stack {self.stack_name}, region {session.region_name}, account {account}"
        )

    def stack(self, session: boto3.Session) -> Any:
        """CloudFormation's description of it. Raises botocore's errors."""
        stacks = session.client("cloudformation").describe_stacks(StackName=self.stack_name)
        return stacks["Stacks"][0]

    def confirm(self, what: str, *, yes: bool) -> None:
        """Asks whether to do it, where the environment is one that asks.

        ``yes``: the answer is known. Raises ``EnvironmentProblem`` for any other answer.
        """
        if yes or not self.asks:
            return
        if not sys.stdin.isatty():
            raise EnvironmentProblem(
                f"{self.name} asks before it is changed: add YES=1 in scripts."
            )
        if input(f"{what} Type yes to go on: ").strip().lower() not in ("y", "yes"):
            raise EnvironmentProblem("Nothing was changed.")

    def confirm_always(self, what: str, *, yes: bool) -> None:
        """The same where no environment goes without asking."""
        replace(self, asks=True).confirm(what, yes=yes)


def outputs(stack: Any) -> dict[str, str]:
    return {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", ())}


def parameters(stack: Any) -> dict[str, str]:
    return {each["ParameterKey"]: each["ParameterValue"] for each in stack.get("Parameters", ())}


def _of(environment: dict[str, Any], name: str) -> Any:
    """A parameter of the `deploy` command, or of all commands."""
    for command in ("deploy", "global"):
        values = environment.get(command, {}).get("parameters", {})
        if name in values:
            return values[name]
    return None


def main(arguments: list[str]) -> int:
    name = "".join(arguments)
    if name == LOCAL:
        print("The local stack is deployed by `make run`.", file=sys.stderr)
        return 1
    try:
        environment = Environment.read(name, "make deploy")
    except EnvironmentProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    where = f", region {environment.region}" if environment.region else ""
    print(f"Deploying to {environment.name}: stack {environment.stack_name}{where}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
