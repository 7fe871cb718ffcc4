"""The deployed stack and its functions' versions, as AWS knows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from operations.environment import Environment, outputs, parameters

if TYPE_CHECKING:
    import boto3

ALIAS = "live"
GONE = "DELETE_COMPLETE"


@dataclass(frozen=True, order=True)
class Version:
    """``released``: its description, the time with which `make deploy` stamped it."""

    number: int
    released: str

    def __str__(self) -> str:
        return f"{self.number} ({self.released or 'not described'})"


@dataclass(frozen=True)
class Function:
    """A function of the stack, by its name. Raises botocore's errors."""

    name: str
    lambda_: Any

    def versions(self) -> list[Version]:
        """The published ones, the oldest first."""
        pages = self.lambda_.get_paginator("list_versions_by_function").paginate(
            FunctionName=self.name
        )
        return sorted(
            Version(int(each["Version"]), each.get("Description", ""))
            for page in pages
            for each in page["Versions"]
            if each["Version"] != "$LATEST"
        )

    def live(self) -> int | None:
        """The version that the alias points to; None where there is no alias, or no version."""
        numbers = [int(each["FunctionVersion"]) for each in self._aliases() if _is_live(each)]
        return numbers[0] if numbers else None

    def in_use(self) -> set[int]:
        """What any alias points to, or shares its traffic with, as a canary does."""
        return {
            int(number)
            for alias in self._aliases()
            for number in (
                alias["FunctionVersion"],
                *alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {}),
            )
            if number != "$LATEST"
        }

    def serve(self, version: Version) -> None:
        """All traffic of the alias goes to that version."""
        self.lambda_.update_alias(
            FunctionName=self.name,
            Name=ALIAS,
            FunctionVersion=str(version.number),
            RoutingConfig={"AdditionalVersionWeights": {}},
        )

    def delete(self, version: Version) -> None:
        self.lambda_.delete_function(FunctionName=self.name, Qualifier=str(version.number))

    def _aliases(self) -> Iterator[dict[str, Any]]:
        pages = self.lambda_.get_paginator("list_aliases").paginate(FunctionName=self.name)
        for page in pages:
            yield from page["Aliases"]


def _is_live(alias: dict[str, Any]) -> bool:
    return bool(alias["Name"] == ALIAS and alias["FunctionVersion"] != "$LATEST")


@dataclass(frozen=True)
class Stack:
    """``status``: CloudFormation's, empty where there is no stack yet."""

    status: str
    parameters: dict[str, str]
    outputs: dict[str, str]
    resources: dict[str, tuple[str, str]]
    """The physical ids of those that are there, and their types, by their names in the template."""

    @classmethod
    def find(cls, environment: Environment, session: boto3.Session) -> Stack:
        """Raises botocore's errors."""
        cloudformation = session.client("cloudformation")
        try:
            found = environment.stack(session)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            return cls("", {}, {}, {})
        pages = cloudformation.get_paginator("list_stack_resources").paginate(
            StackName=environment.stack_name
        )
        resources = {
            each["LogicalResourceId"]: (each["PhysicalResourceId"], each["ResourceType"])
            for page in pages
            for each in page["StackResourceSummaries"]
            if each.get("PhysicalResourceId") and each["ResourceStatus"] != GONE
        }
        return cls(found["StackStatus"], parameters(found), outputs(found), resources)

    @property
    def is_gradual(self) -> bool:
        return self.parameters.get("GradualDeployment") == "true"

    def of_type(self, kind: str) -> list[str]:
        """The physical ids, ordered by their names in the template."""
        return [found for _, (found, type_) in sorted(self.resources.items()) if type_ == kind]

    def functions(self, session: boto3.Session) -> list[Function]:
        """The search function, and the one that prefetches where there is one."""
        client = session.client("lambda")
        names = (self.resources.get(name) for name in ("SearchFunction", "PrefetchFunction"))
        return [Function(each[0], client) for each in names if each is not None]
