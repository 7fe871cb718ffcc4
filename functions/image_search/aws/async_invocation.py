"""Lambda's own queue in front of a function: its asynchronous invocations."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_lambda import LambdaClient


class AsyncInvocation:
    """``client`` is called when it is first needed."""

    def __init__(self, client: Callable[[], LambdaClient], function: str, logger: Logger) -> None:
        self._client = client
        self._function = function
        self._logger = logger

    def send(self, event: str) -> bool:
        """Whether Lambda has taken the event, a JSON text, and will invoke the function with it."""
        try:
            self._client().invoke(
                FunctionName=self._function, InvocationType="Event", Payload=event
            )
        except (BotoCoreError, ClientError) as error:
            self._logger.warning("refresh not queued", error=repr(error))
            return False
        return True
