"""What S3 says about an upload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from image_search.images.sha256 import is_sha256
from image_search.uploads.bucket import UPLOADS_PREFIX


@dataclass(frozen=True)
class Upload:
    """An object ``uploads/<sha256>`` in ``bucket``."""

    bucket: str
    sha256: str


def uploads_of(event: dict[str, Any]) -> Iterator[Upload]:
    """The uploads that an event notification tells of, as forms make them.

    Objects with other names were not put there with a form, and are left alone.
    """
    for record in event["Records"]:
        # S3 writes keys as HTML forms do: a plus is a space.
        key = unquote_plus(record["s3"]["object"]["key"])
        name = key.removeprefix(UPLOADS_PREFIX)
        if key.startswith(UPLOADS_PREFIX) and is_sha256(name):
            yield Upload(record["s3"]["bucket"]["name"], name)
