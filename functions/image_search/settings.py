"""The function's environment, read once, typed and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

PRIVILEGED_FMT_OPTIONS = frozenset(
    {
        "show_protected_facets",
        "show_hidden_fields",
        "show_hidden_facets",
        "show_hidden_facet_options",
        "show_hidden_sort_options",
        "hidden_fields",
        "hidden_facets",
        "hidden_sort_options",
    }
)
"""``fmt_options`` that reveal what the catalogue's owner hid: refused unless allowed by name."""


MAX_IMAGE_BYTES = 20_000_000
"""The default: more than phones make, and little enough to hold and decode."""

MEMORY_MEGABYTES = 768
"""Where Lambda does not say what it gives: that of template.yaml."""


class CacheScope(StrEnum):
    """Who may share an answer."""

    SHARED = "shared"
    """Everyone: the end user's identity is neither sent upstream nor part of the key."""
    USER = "user"
    """One end user: the identity is sent upstream and is part of the key."""
    OFF = "off"
    """No one: every request is a search."""


def _split(value: object) -> object:
    if not isinstance(value, str):
        return value
    return frozenset(part.strip() for part in value.split(",") if part.strip())


CommaSeparated = Annotated[frozenset[str], BeforeValidator(_split)]


class InvalidSettings(Exception):
    """An environment variable is missing or wrong; the message names it, never its value."""


class Settings(BaseModel):
    """What a deployment can set; ``template.yaml`` documents each value for operators."""

    model_config = ConfigDict(frozen=True, alias_generator=str.upper, hide_input_in_errors=True)

    cache_table: str = Field(min_length=1)
    cache_ttl_seconds: int = Field(3600, ge=1)
    stale_if_error_seconds: int = Field(86400, ge=0)
    cache_scope: CacheScope = CacheScope.SHARED
    allow_cache_bypass: bool = False
    searches_per_minute: int = Field(60, ge=1)
    searches_per_day: int = Field(2000, ge=1)
    server_searches_per_minute: int = Field(3000, ge=1)
    server_searches_per_day: int = Field(500_000, ge=1)
    upstream_calls_per_day: int = Field(1_000_000, ge=1)
    uploads_bucket: str = Field(min_length=1)
    allowed_buckets: CommaSeparated = frozenset()
    allowed_fmt_options: CommaSeparated = frozenset()
    max_image_bytes: int = Field(MAX_IMAGE_BYTES, ge=1)
    max_image_pixels: int = Field(50_000_000, ge=1)
    max_image_frames: int = Field(500, ge=1)
    max_image_side: int = Field(2048, ge=64)
    shrink_large_images: bool = False
    delete_searched_uploads: bool = False
    aws_lambda_function_memory_size: int = Field(MEMORY_MEGABYTES, ge=128)
    credentials_secret_arn: str = Field(min_length=1)
    upstream_url: str = Field("https://image-search.cnstrc.com", pattern=r"^https?://[^/\s]+$")
    upstream_timeout_seconds: float = Field(20, gt=0, le=25)
    refresh_function: str = ""
    require_api_key: bool = False
    cache_generation: int = Field(0, ge=0)
    client_id: str = Field(pattern=r"^cio-be-[a-z0-9.]+-[a-z0-9._-]+$", max_length=100)

    @property
    def searches_uploads(self) -> bool:
        """Whether an upload starts its search: not where answers depend on who asks."""
        return bool(self.refresh_function) and self.cache_scope is CacheScope.SHARED

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Raises ``InvalidSettings`` naming every variable that is wrong."""
        try:
            settings = cls.model_validate(dict(environment))
        except ValidationError as error:
            wrong = (f"{problem['loc'][0]}: {problem['msg']}" for problem in error.errors())
            raise InvalidSettings("; ".join(wrong)) from None
        unknown = settings.allowed_fmt_options - PRIVILEGED_FMT_OPTIONS
        if unknown:
            names = ", ".join(sorted(unknown))
            raise InvalidSettings(f"ALLOWED_FMT_OPTIONS: not a privileged option: {names}")
        return settings
