"""What Secrets Manager keeps for a deployment: upstream's credentials, and the callers' API keys.

The secret is one JSON object::

    {"key": "…", "token": "…",
     "sites": {"uk": {"key": "…", "token": "…"}},
     "api_keys": {"web-backend": "…"}}

Only ``key`` is needed. ``sites`` are further indexes, ``api_keys`` those of server callers.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any

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
from image_search.errors import InternalError
from image_search.site import SiteName


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
        """The values that must never leave, in clear, for redaction."""
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
