"""AWS's clients, made by botocore itself, and only those that are used.

boto3 would add resources and file transfers, which nothing here uses and whose import alone takes
a tenth of a cold start.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.session import Session, get_session

if TYPE_CHECKING:
    from botocore.config import Config

_SERVICES = ("dynamodb", "lambda", "s3", "secretsmanager")


@cache
def session() -> Session:
    """The sandbox's own: its clients share the descriptions of services that it has read."""
    session = get_session()
    loader = session.get_component("data_loader")
    # Before it opens one by its name, botocore would look for all of AWS's hundreds on the disk:
    # 20 of the 82 ms of CPU that the first client takes.
    loader.list_available_services = lambda type_name: _SERVICES
    return session


def client(service: str, config: Config) -> Any:
    """Typed where it is used, such as ``DynamoDBClient``."""
    return session().create_client(service, config=config)
