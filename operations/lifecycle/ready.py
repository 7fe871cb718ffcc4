"""What would stop a deployment, said before anything is built: `make deploy` asks it.

`python -m operations.lifecycle.ready --environment NAME [Parameter=value …]`

Needs `cloudformation:DescribeStacks`, `cloudformation:ListStackResources`, and with
GradualDeployment `cloudwatch:DescribeAlarms` and `lambda:List*`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from operations.environment import Environment, EnvironmentProblem
from operations.lifecycle.command import arguments, ended
from operations.lifecycle.stack import Stack

if TYPE_CHECKING:
    import boto3

AT_ONCE = "GradualDeployment=false"
# Those of the template's DeploymentPreference.
ALARMS = ("function-errors", "internal-errors")
NEVER_CREATED = {
    "ROLLBACK_COMPLETE",
    "ROLLBACK_FAILED",
    "CREATE_FAILED",
    "DELETE_FAILED",
}


def obstacle(environment: Environment, session: boto3.Session, given: set[str]) -> str:
    """What is in the way, and what to do; empty where nothing is.

    ``given``: the parameters of this deployment. Raises botocore's errors.
    """
    stack = Stack.find(environment, session)
    return in_the_way(environment, stack) or (
        against_a_canary(environment, stack, session)
        if stack.is_gradual and AT_ONCE not in given
        else ""
    )


def in_the_way(environment: Environment, stack: Stack) -> str:
    """By the stack's status alone."""
    name, status = environment.stack_name, stack.status
    if status in NEVER_CREATED:
        return (
            f"{name} is {status}: CloudFormation cannot update it. The stack's events say why. "
            f"To clean up, then deploy anew: make delete ENV={environment.name}"
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        return (
            f"{name} is {status}. Fix what its events say, then: "
            f"aws cloudformation continue-update-rollback --stack-name {name}"
        )
    if status == "UPDATE_IN_PROGRESS":
        return (
            f"A deployment of {name} is under way. To stop it, and move the traffic back: "
            f"aws cloudformation cancel-update-stack --stack-name {name}"
        )
    if status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        return f"{name} is {status}: wait until it has ended."
    return ""


def against_a_canary(environment: Environment, stack: Stack, session: boto3.Session) -> str:
    """Why CodeDeploy would stop; empty where nothing makes it."""
    because = "".join(_reasons(environment, stack, session))
    return because and (
        f"{because} To deploy all at once, this time: "
        f"make deploy ENV={environment.name} PARAMETERS={AT_ONCE}"
    )


def _reasons(environment: Environment, stack: Stack, session: boto3.Session) -> list[str]:
    watched = [f"{environment.stack_name}-{name}" for name in ALARMS]
    on = [
        alarm["AlarmName"]
        for alarm in session.client("cloudwatch").describe_alarms(AlarmNames=watched)[
            "MetricAlarms"
        ]
        if alarm["StateValue"] == "ALARM"
    ]
    if on:
        return [f"{', '.join(on)} is on: CodeDeploy would stop, also if this is the fix."]
    search = stack.functions(session)[0]
    newest, live = search.versions()[-1:], search.live()
    if newest and live is not None and newest[0].number != live:
        return [
            f"The alias was moved to version {live} by hand, and CloudFormation would tell "
            f"CodeDeploy that it points to {newest[0].number}."
        ]
    return []


def main(words: list[str] | None = None) -> int:
    given = arguments("make deploy", words, "parameters")

    def run(environment: Environment) -> None:
        session = environment.session()
        if not session.region_name:  # which the first deployment asks for
            return
        found = obstacle(environment, session, set(given.parameters))
        if found:
            raise EnvironmentProblem(found)

    return ended(run, given.environment, "make deploy")


if __name__ == "__main__":
    sys.exit(main())
