"""Images in S3: those uploaded by their SHA-256, and those in buckets the deployment allows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from image_search.errors import (
    ImageNotFound,
    ImageTooLarge,
    S3UriNotAllowed,
    UpstreamUnavailable,
)
from image_search.images.image import Image, read_image
from image_search.images.sha256 import checksum, is_sha256

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

UPLOADS_PREFIX = "uploads/"
# For how long an upload form can be used: an upload of 20 MB over 1 Mbit/s takes 160 s.
FORM_SECONDS = 300

_TICKET = "ticket"


@dataclass(frozen=True)
class UploadForm:
    """A presigned S3 POST: send ``fields``, then the file, as ``multipart/form-data``."""

    url: str
    fields: Mapping[str, str]
    expires_in: int

    def to_json(self) -> dict[str, Any]:
        return {"url": self.url, "fields": dict(self.fields), "expires_in": self.expires_in}


@dataclass(frozen=True)
class StoredImage:
    """An image as it was found; ``ticket``: the id of the one that its form was made with."""

    image: Image
    ticket: str | None


class ImageBucket:
    """Reads images, and hands out forms that take one image and no other.

    ``keeps_searched``: whether an upload stays for further searches once it was searched.
    """

    def __init__(
        self,
        s3: Callable[[], S3Client],
        uploads_bucket: str,
        allowed_buckets: Collection[str],
        max_bytes: int,
        *,
        keeps_searched: bool = True,
    ) -> None:
        self._s3 = s3
        self._uploads_bucket = uploads_bucket
        self.max_bytes = max_bytes
        self._allowed_buckets = allowed_buckets
        self.keeps_searched = keeps_searched

    def prime(self) -> None:
        """Makes the client, which asks nothing yet."""
        self._s3()

    def read_uri(self, uri: str) -> Image:
        """``uri``: ``s3://bucket/key``. Raises a ``RequestError`` or ``UpstreamUnavailable``."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        is_upload = bucket == self._uploads_bucket and key.startswith(UPLOADS_PREFIX)
        if not is_upload and bucket not in self._allowed_buckets:
            raise S3UriNotAllowed(source="s3_uri")
        try:
            return (self._read_upload(key) if is_upload else self._read(bucket, key)).image
        except ImageNotFound as error:
            raise ImageNotFound(source="s3_uri", detail=error.detail) from error

    def upload_uri(self, sha256: str) -> str:
        """Where the image lies once it is uploaded."""
        return f"s3://{self._uploads_bucket}/{UPLOADS_PREFIX}{sha256}"

    def read_upload(self, sha256: str) -> Image:
        """The image uploaded under this name; ``ImageNotFound`` if there is none."""
        return self.find_upload(sha256).image

    def find_upload(self, sha256: str) -> StoredImage:
        """The same, with its ticket."""
        return self._read_upload(f"{UPLOADS_PREFIX}{sha256}")

    def delete_upload(self, sha256: str) -> None:
        """No error when there is none."""
        with _translated():
            self._s3().delete_object(Bucket=self._uploads_bucket, Key=f"{UPLOADS_PREFIX}{sha256}")

    def has_upload(self, sha256: str) -> bool:
        try:
            with _translated():
                self._s3().head_object(Bucket=self._uploads_bucket, Key=f"{UPLOADS_PREFIX}{sha256}")
        except ImageNotFound:
            return False
        return True

    def upload_form(
        self,
        sha256: str,
        *,
        content_type: str,
        size: int | None = None,
        ticket: str | None = None,
    ) -> UploadForm:
        """A form for this image alone, of ``size`` bytes where that is known.

        S3 checks the digest against the bytes. ``ticket``: an id, kept with the image.
        """
        fields = {
            "Content-Type": content_type,
            "x-amz-checksum-algorithm": "SHA256",
            "x-amz-checksum-sha256": checksum(sha256),
        }
        if ticket is not None:
            fields[f"x-amz-meta-{_TICKET}"] = ticket
        conditions: list[Any] = [{name: value} for name, value in fields.items()]
        conditions.append(["content-length-range", size or 1, size or self.max_bytes])
        form = self._s3().generate_presigned_post(
            self._uploads_bucket, f"{UPLOADS_PREFIX}{sha256}", fields, conditions, FORM_SECONDS
        )
        return UploadForm(form["url"], form["fields"], FORM_SECONDS)

    def _read_upload(self, key: str) -> StoredImage:
        name = key.removeprefix(UPLOADS_PREFIX)
        return self._read(self._uploads_bucket, key, name if is_sha256(name) else None)

    def _read(self, bucket: str, key: str, sha256: str | None = None) -> StoredImage:
        with _translated():
            found = self._s3().get_object(Bucket=bucket, Key=key)
            self._check_size(found)
            content = found["Body"].read()
        image = read_image(content, self.max_bytes, f"s3://{bucket}/{key}", sha256)
        return StoredImage(image, found["Metadata"].get(_TICKET))

    def _check_size(self, found: GetObjectOutputTypeDef) -> None:
        """Before the object is read: it may be larger than the function's memory."""
        size = found["ContentLength"]
        if size > self.max_bytes:
            found["Body"].close()
            raise ImageTooLarge(f"The image has {size} bytes; at most {self.max_bytes} are taken.")


@contextmanager
def _translated() -> Iterator[None]:
    """S3's errors as ours. Without ListBucket, S3 says 403 for a key that does not exist."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        if status in (400, 403, 404):
            raise ImageNotFound(detail=repr(error)) from error
        raise UpstreamUnavailable("S3 is unavailable for now.", detail=repr(error)) from error
    except ParamValidationError as error:  # a name that no bucket or object has
        raise ImageNotFound(detail=type(error).__name__) from error
    except BotoCoreError as error:
        raise UpstreamUnavailable("S3 is unavailable for now.", detail=repr(error)) from error
