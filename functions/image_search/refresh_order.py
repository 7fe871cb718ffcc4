"""A search to be made again after its answer was given: what is handed over, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict

from image_search.sha256 import Sha256

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_lambda import LambdaClient


class RefreshOrder(BaseModel):
    """Points to an image in S3 instead of carrying it, and names no shopper.

    ``s3_uri``: where the image lies; ``query``: the canonical one; ``token``: the lease that
    whoever makes the search takes over.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    s3_uri: str
    sha256: Sha256
    query: str
    token: int

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> RefreshOrder | None:
        """None for an event that is something else. Raises pydantic's ``ValidationError``."""
        return cls.model_validate(event["refresh"]) if "refresh" in event else None


class RefreshQueue:
    """Lambda's own queue in front of a function (its asynchronous invocations).

    ``client`` is called when it is first needed.
    """

    def __init__(self, client: Callable[[], LambdaClient], function: str, logger: Logger) -> None:
        self._client = client
        self._function = function
        self._logger = logger

    def put(self, order: RefreshOrder) -> bool:
        """Whether the order will be seen to. One that is lost costs nobody an answer."""
        event = f'{{"refresh":{order.model_dump_json()}}}'
        try:
            self._client().invoke(
                FunctionName=self._function, InvocationType="Event", Payload=event
            )
        except (BotoCoreError, ClientError) as error:
            self._logger.warning("refresh not ordered", error=repr(error))
            return False
        return True
