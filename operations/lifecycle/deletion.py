"""`make delete`: empties the bucket, deletes the stack, and says what is left.

Works on what a first deployment left that failed, too. It cannot be undone, so it always asks.
Needs `s3:ListBucketVersions`, `s3:DeleteObject*`, and what `sam delete` does.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError, WaiterError

from operations.environment import Environment, EnvironmentProblem
from operations.lifecycle.command import arguments, ended
from operations.lifecycle.stack import Stack

if TYPE_CHECKING:
    import boto3

# An upload may arrive between emptying and deleting: forms for it live for some minutes.
ATTEMPTS = 3
SAM_STACK = "aws-sam-cli-managed-default"


def empty(s3: Any, bucket: str) -> int:
    """How many objects were deleted, older versions among them. Raises botocore's errors."""
    count = 0
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = [
            {"Key": each["Key"], "VersionId": each["VersionId"]}
            for kind in ("Versions", "DeleteMarkers")
            for each in page.get(kind, ())
        ]
        if found:
            refused = s3.delete_objects(Bucket=bucket, Delete={"Objects": found, "Quiet": True})
            if refused.get("Errors"):
                raise EnvironmentProblem(f"{bucket} is not empty: {refused['Errors'][0]}")
        count += len(found)
    return count


def delete(environment: Environment, session: boto3.Session) -> None:
    """Raises ``EnvironmentProblem`` where the stack is still there afterwards."""
    cloudformation, s3 = session.client("cloudformation"), session.client("s3")
    for _ in range(ATTEMPTS):
        for bucket in Stack.find(environment, session).of_type("AWS::S3::Bucket"):
            print(f"{bucket}: {empty(s3, bucket)} uploads deleted.")
        print("Deleting the stack takes some minutes …", flush=True)
        cloudformation.delete_stack(StackName=environment.stack_name)
        try:
            cloudformation.get_waiter("stack_delete_complete").wait(
                StackName=environment.stack_name, WaiterConfig={"Delay": 5, "MaxAttempts": 360}
            )
        except WaiterError:
            continue
        return
    raise EnvironmentProblem(
        "CloudFormation could not delete it. Its events say why: "
        f"aws cloudformation describe-stack-events --stack-name {environment.stack_name}"
    )


def left(environment: Environment, stack: Stack, session: boto3.Session) -> list[str]:
    """What is kept when the stack has gone, and how to delete it, a line each."""
    said = []
    if secret := stack.outputs.get("SecretArn"):  # none where the first deployment failed
        said.append(
            f"The secret, which holds Constructor's key and token: "
            f"aws secretsmanager delete-secret --secret-id {secret}"
        )
    if packages := _packages(session):
        said.append(
            f"What was built and uploaded: "
            f"aws s3 rm --recursive s3://{packages}/{environment.stack_name}"
        )
    return said


def _packages(session: boto3.Session) -> str:
    """The bucket that sam uploads to (resolve_s3); empty where there is none."""
    try:
        found = session.client("cloudformation").describe_stacks(StackName=SAM_STACK)
    except ClientError:
        return ""
    outputs = found["Stacks"][0].get("Outputs", ())
    return next((str(each["OutputValue"]) for each in outputs if "Bucket" in each["OutputKey"]), "")


def main(words: list[str] | None = None) -> int:
    given = arguments("make delete", words)

    def run(environment: Environment) -> None:
        session = environment.session()
        print(environment.described(session))
        stack = Stack.find(environment, session)
        if not stack.status:
            raise EnvironmentProblem(f"There is no stack {environment.stack_name}.")
        kept = left(environment, stack, session)
        environment.confirm_always(
            "The API, the cache, the uploads and the logs are deleted. It cannot be undone.",
            yes=given.yes,
        )
        delete(environment, session)
        print("Done." + "".join(f"\nLeft: {line}" for line in kept))

    return ended(run, given.environment, "make delete")


if __name__ == "__main__":
    sys.exit(main())
