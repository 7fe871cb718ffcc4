"""A search to be made again after its answer was given: what is handed to the prefetch function."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from image_search.images.sha256 import Sha256


class RefreshMessage(BaseModel):
    """Points to an image in S3 instead of carrying it, and names no end user.

    ``s3_uri``: where the image lies; ``query``: the canonical one; ``token``: the lease that is
    handed over.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    s3_uri: str
    sha256: Sha256
    query: str
    token: int

    @classmethod
    def from_event(cls, event: Mapping[str, Any]) -> RefreshMessage | None:
        """None for an event that is something else. Raises pydantic's ``ValidationError``."""
        return cls.model_validate(event["refresh"]) if "refresh" in event else None

    def to_event(self) -> str:
        """The inverse of ``from_event``, as JSON."""
        return f'{{"refresh":{self.model_dump_json()}}}'
