"""What Secrets Manager keeps for a deployment: the vendor's credentials, and who else may call.

The secret is one JSON object::

    {"key": "…", "token": "…",
     "sites": {"uk": {"key": "…", "token": "…"}},
     "api_keys": {"web-backend": "…"}}

Only ``key`` is needed. ``sites`` are further indexes, ``api_keys`` those of server callers.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from image_search import bounded_json
from image_search.errors import InternalError, InvalidParameters, Problem, UpstreamUnavailable
from image_search.site import SiteName

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger
    from mypy_boto3_secretsmanager import SecretsManagerClient

REFRESH_SECONDS = 30.0
"""How often at most a sandbox fetches the secret anew for one reason: nobody makes a stampede."""


def _without_empty(value: object) -> object:
    """An empty text or null stands for a member that is left out."""
    return {name: v for name, v in value.items() if v} if isinstance(value, dict) else value


def _as_header(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    if not (text.isascii() and text.isprintable()):
        raise ValueError("characters that no header may carry")
    return value


_Secret = Annotated[SecretStr, Field(min_length=1, max_length=4096), AfterValidator(_as_header)]
_Name = Annotated[str, Field(min_length=1, max_length=100)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Credentials(_Part):
    """An index's key and the backend token, both masked until they are written to a request."""

    key: _Secret
    token: _Secret | None = None

    def secrets(self) -> tuple[str, ...]:
        """The values that must never leave, in clear: for whoever removes them."""
        held = (self.key, self.token)
        return tuple(secret.get_secret_value() for secret in held if secret is not None)


_Credentials = Annotated[Credentials, BeforeValidator(_without_empty)]


class Secret(Credentials):
    """The whole of it; its own key and token are those of requests that name no site."""

    sites: dict[SiteName, _Credentials] = {}
    api_keys: dict[_Name, _Secret] = {}

    def of(self, site: str | None) -> Credentials | None:
        """None for a site that the secret does not name."""
        return self._own if site is None else self.sites.get(site)

    @cached_property
    def _own(self) -> Credentials:
        return Credentials(key=self.key, token=self.token)

    def everything(self) -> Iterator[str]:
        """Every value that must never leave, in clear."""
        yield from self.secrets()
        for site in self.sites.values():
            yield from site.secrets()
        for key in self.api_keys.values():
            yield key.get_secret_value()


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
        """Raises ``InvalidParameters`` for a site that nobody has set up, and
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
        """The name of the caller whose key this is; None when it is nobody's.

        Raises ``UpstreamUnavailable`` when Secrets Manager cannot be reached.
        """
        found = _whose(api_key, self._get())
        if found is None and api_key and self._fetch_anew(_Reason.UNKNOWN_API_KEY):
            found = _whose(api_key, self._get())
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


def _whose(api_key: str, secret: Secret) -> str | None:
    """Compares with every key, so that the time it takes tells nothing of them."""
    given = api_key.encode()
    matches = [
        name
        for name, key in secret.api_keys.items()
        if hmac.compare_digest(key.get_secret_value().encode(), given)
    ]
    return matches[0] if matches else None


def parse_secret(text: str) -> Secret:
    """Raises ``InternalError``, which never quotes the text."""
    # No exception is chained: some quote the text they could not read.
    try:
        value: Any = bounded_json.read(text)
    except ValueError:
        raise InternalError(detail="the secret is not a JSON object") from None
    if not isinstance(value, dict):
        raise InternalError(detail="the secret is not a JSON object")
    try:
        return Secret.model_validate(_without_empty(value))
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors())
        raise InternalError(detail=f"the secret lacks a usable value for: {wrong}") from None
