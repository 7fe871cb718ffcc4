"""botocore's session: most of what AWS's clients cost to start with, so made when it is needed."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.session import Session

_SERVICES = ("dynamodb", "lambda", "s3", "secretsmanager")


@cache
def session() -> Session:
    """The sandbox's own: its clients share the descriptions of services that it has read."""
    from botocore.session import get_session

    session = get_session()
    loader = session.get_component("data_loader")
    # Before it opens one by its name, botocore would look for all of AWS's hundreds on the disk:
    # 20 of the 82 ms of CPU that the first client takes.
    loader.list_available_services = lambda type_name: _SERVICES
    return session
