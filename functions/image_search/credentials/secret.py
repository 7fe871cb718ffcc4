"""What Secrets Manager keeps for a deployment: upstream's credentials, and the callers' API keys.

The secret is one JSON object::

    {"key": "…", "token": "…",
     "sites": {"uk": {"key": "…", "token": "…"}},
     "api_keys": {"web-backend": "…"}}

Only ``key`` is needed. ``sites`` are further indexes, ``api_keys`` those of server callers. Keys
and tokens have 12 to 4,096 characters of visible ASCII.
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


# Every value is looked for in answers and in logs, where a common word must stay: upstream's own
# keys and tokens have 20 characters and more.
SHORTEST = 12
LONGEST = 4096


def _as_header(value: SecretStr) -> SecretStr:
    text = value.get_secret_value()
    # Blanks at its ends would be lost on the way (RFC 9110 §5.5).
    refused = [at for at, char in enumerate(text, 1) if not "!" <= char <= "~"]
    if refused:
        raise ValueError(f"character {refused[0]} is not visible ASCII")
    return value


_Secret = Annotated[SecretStr, Field(min_length=1, max_length=LONGEST), AfterValidator(_as_header)]
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
        for values in self._by_part.values():
            yield from values

    def too_short(self) -> list[str]:
        """The parts of the secret with values that may be common words."""
        parts = self._by_part.items()
        return [part for part, values in parts if any(len(value) < SHORTEST for value in values)]

    @cached_property
    def _by_part(self) -> dict[str, tuple[str, ...]]:
        return {
            "key or token": self.secrets(),
            "sites": tuple(value for site in self.sites.values() for value in site.secrets()),
            "api_keys": tuple(key.get_secret_value() for key in self.api_keys.values()),
        }


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
        secret = Secret.model_validate(_without_empty(value))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        wrong = "; ".join(f"{_place(value, each['loc'])}: {_reason(each)}" for each in problems)
        raise InternalError(detail=f"the secret cannot be used: {wrong}") from None
    if too_short := secret.too_short():
        parts = ", ".join(too_short)
        detail = f"the secret cannot be used: under {SHORTEST} characters in {parts}"
        raise InternalError(detail=detail)
    return secret


def _place(value: Any, steps: tuple[int | str, ...]) -> str:
    """Entries by their number: of one that was written the wrong way round, the name is a key."""
    if len(steps) == 1:
        return str(steps[0])
    part, name, *rest = steps
    members = [f"entry {list(value[part]).index(name) + 1} of {part}", *map(str, rest)]
    return ", ".join(members)


def _reason(problem: Any) -> str:
    return str(problem["msg"]).removeprefix("Value error, ")
