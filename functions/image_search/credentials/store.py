"""The deployment's secret, fetched when it is first needed and kept."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr

from image_search.credentials.secret import Credentials, Secret, parse_secret
from image_search.errors import InternalError, InvalidParameters, Problem, UpstreamUnavailable

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_secretsmanager import SecretsManagerClient

# How often at most a sandbox fetches the secret anew for one reason, so that rejected credentials
# or unknown names, however many, make two calls a minute.
REFRESH_SECONDS = 30.0


class _Reason(Enum):
    """Why the secret is fetched anew; each has a rate of its own."""

    REJECTED = "rejected"
    UNKNOWN_SITE = "unknown site"
    UNKNOWN_API_KEY = "unknown api key"


class CredentialsStore:
    """Fetches the secret when it is first needed, and anew when it seems to have changed.

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
        self._secret: Secret | None = None
        self._replaced: tuple[str, ...] = ()
        self._fetch_again_at = dict.fromkeys(_Reason, 0.0)

    def prime(self) -> None:
        """Makes the client; the secret itself is fetched when it is needed, and never shared."""
        self._client()

    def get(self, site: str | None = None) -> Credentials:
        """Raises ``InvalidParameters`` for a site that is not in the secret, and
        ``UpstreamUnavailable`` when Secrets Manager cannot be reached."""
        found = self._get().of(site)
        if found is None and self._fetch_anew(_Reason.UNKNOWN_SITE):
            found = self._get().of(site)
        if found is None:
            message = "This deployment has no site of this name."
            raise InvalidParameters([Problem("invalid_parameter", message, "site")])
        return found

    def refresh(self, rejected: Credentials, site: str | None = None) -> bool:
        """After a rejection: whether there are others by now, as after a rotation.

        Credentials at hand outlive a secret that cannot be fetched, or read.
        """
        if self._get().of(site) == rejected:
            self._fetch_anew(_Reason.REJECTED)
        return self._get().of(site) not in (rejected, None)

    def caller_of(self, api_key: str) -> str | None:
        """The name of the caller whose key this is; None when it is no caller's.

        Raises ``UpstreamUnavailable`` when Secrets Manager cannot be reached.
        """
        found = _match_api_key(api_key, self._get())
        if found is None and api_key and self._fetch_anew(_Reason.UNKNOWN_API_KEY):
            found = _match_api_key(api_key, self._get())
        return found

    @property
    def known(self) -> tuple[str, ...]:
        """The secret values fetched so far, those since replaced included, without fetching."""
        return (tuple(self._secret.everything()) if self._secret else ()) + self._replaced

    @property
    def known_key(self) -> SecretStr | None:
        """The deployment's own index key, if it has been fetched."""
        return self._secret.key if self._secret else None

    def _get(self) -> Secret:
        if self._secret is None:
            self._secret = parse_secret(self._fetch())
        return self._secret

    def _fetch_anew(self, reason: _Reason) -> bool:
        """Whether the secret has changed."""
        if self._clock() < self._fetch_again_at[reason]:
            return False
        self._fetch_again_at[reason] = self._clock() + REFRESH_SECONDS
        try:
            fetched = parse_secret(self._fetch())
        except (UpstreamUnavailable, InternalError) as error:
            self._logger.warning("credentials not refreshed", error=error.detail)
            return False
        if fetched == self._secret:
            return False
        gone = set(self.known) - set(fetched.everything())
        self._replaced = tuple(value for value in self.known if value in gone)
        self._secret = fetched
        self._logger.info("credentials changed")
        return True

    def _fetch(self) -> str:
        try:
            return self._client().get_secret_value(SecretId=self._secret_arn)["SecretString"]
        except (BotoCoreError, ClientError, KeyError) as error:
            raise UpstreamUnavailable(detail=f"cannot read the secret: {error!r}") from error


def _match_api_key(api_key: str, secret: Secret) -> str | None:
    """Compares with every key, so that the time it takes tells nothing of them."""
    given = api_key.encode("utf-8", "surrogatepass")
    matches = [
        name
        for name, key in secret.api_keys.items()
        if hmac.compare_digest(key.get_secret_value().encode(), given)
    ]
    return matches[0] if matches else None
