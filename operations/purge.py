"""`make purge IMAGE=<sha256>`: all answers for one image are forgotten, and its upload is deleted.

So is what came of its upload, and tickets to search it; a form that was handed out before can still
be used for five minutes.

The table has no index by image, which every search would pay for: it is read as a whole. It cannot
be undone. Needs `cloudformation:DescribeStacks`, `secretsmanager:GetSecretValue`, `dynamodb:Scan`,
`dynamodb:DeleteItem` and `s3:DeleteObject`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from image_search.cache.key import image_part
from image_search.credentials.secret import parse_secret
from image_search.errors import InternalError
from image_search.images.sha256 import is_sha256
from image_search.uploads.bucket import UPLOADS_PREFIX
from operations.environment import Environment, EnvironmentProblem, outputs

if TYPE_CHECKING:
    import boto3
    from mypy_boto3_dynamodb import DynamoDBClient


def main() -> int:
    """0 when it is done, 1 when something is in the way, which is said."""
    parser = argparse.ArgumentParser(prog="make purge", description=__doc__)
    parser.add_argument("--environment", default="")
    parser.add_argument("--yes", action="store_true")
    parser.add_argument("sha256", help="of the image file, as clients send it")
    arguments = parser.parse_args()
    if not is_sha256(arguments.sha256):
        parser.error("IMAGE should be 64 lower-case hexadecimal digits")
    try:
        environment = Environment.read(arguments.environment, "make purge")
        session = environment.session()
        print(environment.described(session))
        environment.confirm(f"All of image {arguments.sha256} is deleted.", yes=arguments.yes)
        forgotten = purge(session, environment, arguments.sha256)
    except (BotoCoreError, ClientError, EnvironmentProblem, InternalError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{forgotten} answers forgotten; the upload is gone, if there was one")
    return 0


def purge(session: boto3.Session, environment: Environment, sha256: str) -> int:
    """How many answers were deleted. Raises botocore's errors, and ``InternalError`` for a secret
    that cannot be read."""
    made = outputs(environment.stack(session))
    beginnings = list(_beginnings(session, made["SecretArn"], sha256))
    dynamodb, table = session.client("dynamodb"), made["TableName"]
    names = list(_stored(dynamodb, table, beginnings, sha256))
    for name in names:
        dynamodb.delete_item(TableName=table, Key={"pk": {"S": name}})
    session.client("s3").delete_object(Bucket=made["BucketName"], Key=f"{UPLOADS_PREFIX}{sha256}")
    return sum(is_sha256(name.partition(".")[2]) for name in names)


def _beginnings(session: boto3.Session, secret_arn: str, sha256: str) -> Iterator[str]:
    """Of the answers' names, one for each index."""
    client = session.client("secretsmanager")
    secret = parse_secret(client.get_secret_value(SecretId=secret_arn)["SecretString"])
    for site in (None, *secret.sites):
        credentials = secret.of(site)
        assert credentials is not None
        yield f"{image_part(credentials, sha256)}."


def _stored(
    dynamodb: DynamoDBClient, table: str, beginnings: list[str], sha256: str
) -> Iterator[str]:
    """The names of answers, leases and outcomes of uploads, and of tickets to search the image."""
    named = " OR ".join(f"begins_with(pk, :b{n})" for n in range(len(beginnings)))
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=table,
        ProjectionExpression="pk",
        FilterExpression=f"{named} OR sha256 = :sha256",
        ExpressionAttributeValues={
            ":sha256": {"B": bytes.fromhex(sha256)},
            **{f":b{n}": {"S": text} for n, text in enumerate(beginnings)},
        },
    )
    for page in pages:
        for item in page["Items"]:
            yield item["pk"]["S"]


if __name__ == "__main__":
    sys.exit(main())
