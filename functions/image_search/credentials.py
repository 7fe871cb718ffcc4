"""The vendor credentials, kept in Secrets Manager as ``{"key": …, "token": …}``."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from image_search.errors import InternalError, UpstreamUnavailable

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_secretsmanager import SecretsManagerClient

REFRESH_SECONDS = 30.0
"""How often at most a sandbox asks for a secret that is rejected: a wrong one is no stampede."""

_Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096)]


class Credentials(BaseModel):
    """The index key and the backend token, both masked until they are written to a request."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    key: _Secret
    token: _Secret | None = None

    def secrets(self) -> tuple[str, ...]:
        """The values that must never leave, in clear: for whoever removes them."""
        held = (self.key, self.token)
        return tuple(secret.get_secret_value() for secret in held if secret is not None)


class CredentialsStore:
    """Fetches the secret when it is first needed and keeps it until it is rejected.

    ``clock``: epoch seconds.
    """

    def __init__(
        self,
        client: Callable[[], SecretsManagerClient],
        secret_arn: str,
        logger: Logger,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = client
        self._secret_arn = secret_arn
        self._logger = logger
        self._clock = clock
        self._credentials: Credentials | None = None
        self._replaced: tuple[str, ...] = ()
        self._refresh_again_at = 0.0

    def get(self) -> Credentials:
        """Raises ``UpstreamUnavailable`` when Secrets Manager cannot be reached."""
        if self._credentials is None:
            self._credentials = _parse(self._fetch())
        return self._credentials

    def refresh(self) -> bool:
        """After a rejection: fetches the secret anew, as it may be rotated; whether it was.

        Credentials at hand outlive a secret that cannot be fetched, or read.
        """
        if self._clock() < self._refresh_again_at:
            return False
        self._refresh_again_at = self._clock() + REFRESH_SECONDS
        try:
            fetched = _parse(self._fetch())
        except (UpstreamUnavailable, InternalError) as error:
            self._logger.warning("credentials not refreshed", error=error.detail)
            return False
        if fetched == self._credentials:
            return False
        self._replaced = self.known
        self._credentials = fetched
        self._logger.info("credentials rotated")
        return True

    @property
    def known(self) -> tuple[str, ...]:
        """The secret values fetched so far, those since replaced included, without fetching."""
        return (self._credentials.secrets() if self._credentials else ()) + self._replaced

    def _fetch(self) -> str:
        try:
            return self._client().get_secret_value(SecretId=self._secret_arn)["SecretString"]
        except (BotoCoreError, ClientError, KeyError) as error:
            raise UpstreamUnavailable(detail=f"cannot read the secret: {error!r}") from error


def _parse(text: str) -> Credentials:
    # No exception is chained: some quote the text they could not read.
    try:
        fields = {name: value for name, value in json.loads(text).items() if value}
        credentials = Credentials.model_validate(fields)
    except ValidationError as error:
        wrong = ", ".join(str(problem["loc"][0]) for problem in error.errors())
        raise InternalError(detail=f"the secret lacks a usable value for: {wrong}") from None
    except (ValueError, AttributeError):
        raise InternalError(detail="the secret is not a JSON object") from None
    if not all(secret.isascii() and secret.isprintable() for secret in credentials.secrets()):
        raise InternalError(detail="the secret holds characters that no header may carry")
    return credentials
