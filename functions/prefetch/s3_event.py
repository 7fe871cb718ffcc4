"""What S3 says about an upload."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_plus

from image_search.images.sha256 import is_sha256
from image_search.uploads.bucket import UPLOADS_PREFIX


@dataclass(frozen=True)
class Upload:
    """An object ``uploads/<sha256>`` in ``bucket``."""

    bucket: str
    sha256: str


def uploads_of(event: object) -> Iterator[Upload]:
    """The uploads that an event notification tells of, as forms make them.

    Objects with other names were not put there with a form, and are left alone. Raises
    ``ValueError`` for what is no notification of objects, such as S3's test event.
    """
    match event:
        case {"Records": list(records)}:
            uploads = map(_upload, records)
        case _:
            raise ValueError("no records")
    yield from filter(None, uploads)


def _upload(record: object) -> Upload | None:
    match record:
        case {"s3": {"bucket": {"name": str(bucket)}, "object": {"key": str(key)}}}:
            # S3 writes keys as HTML forms do: a plus is a space.
            key = unquote_plus(key)
            name = key.removeprefix(UPLOADS_PREFIX)
            if key.startswith(UPLOADS_PREFIX) and is_sha256(name):
                return Upload(bucket, name)
            return None
        case _:
            raise ValueError("a record of no object")
