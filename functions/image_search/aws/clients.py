"""AWS's clients, and only those that are used.

DynamoDB's and Secrets Manager's, which the first search needs, are thin. The others are made by
botocore itself. boto3 would add resources and file transfers, which nothing here uses and whose
import alone takes a tenth of a cold start.
"""

from __future__ import annotations

from typing import Any

from image_search.aws.json_client import connections, credentials, endpoints
from image_search.aws.json_client.client import DynamoDb, SecretsManager
from image_search.aws.json_client.connections import Timeouts
from image_search.aws.session import session


def dynamodb(timeouts: Timeouts) -> Any:
    """What ``Table`` needs of a ``DynamoDBClient``."""
    if not endpoints.are_plain():
        return client("dynamodb", timeouts)
    return DynamoDb(endpoints.region(), endpoints.endpoint("dynamodb"), timeouts)


def secrets_manager(timeouts: Timeouts) -> Any:
    """What ``CredentialsStore`` needs of a ``SecretsManagerClient``."""
    if not endpoints.are_plain():
        return client("secretsmanager", timeouts)
    return SecretsManager(endpoints.region(), endpoints.endpoint("secretsmanager"), timeouts)


def s3(timeouts: Timeouts) -> Any:
    """An ``S3Client``, whose upload forms name the bucket's own region, as S3 redirects no POST,
    and are signed for any."""
    options = {"s3": {"addressing_style": "virtual"}, "signature_version": "s3v4"}
    made = client("s3", timeouts, **options)
    made.meta.events.register("before-call.s3.HeadBucket", _refuse_to_look_for)
    return made


def _refuse_to_look_for(**_: Any) -> None:
    """Where a redirect names no region, botocore asks for it, and where that answer names none
    either, once more, until the stack is full."""
    from botocore.exceptions import NoRegionError

    raise NoRegionError


def client(service: str, timeouts: Timeouts, **options: Any) -> Any:
    """botocore's, typed where it is used, such as ``S3Client``. ``options``: of its ``Config``."""
    from botocore.config import Config

    config = Config(
        connect_timeout=timeouts.connect,
        read_timeout=timeouts.read,
        retries={"mode": "standard", "total_max_attempts": 2},
        # Spares botocore to put a name together, of a dozen parts, twice for each call.
        user_agent="image-search-proxy",
        **options,
    )
    return session().create_client(service, config=config)


def prime() -> None:
    """What the first call would wait for, before a snapshot. Sends nothing."""
    connections.prime()
    credentials.prime()
