"""Deletes an upload once it was searched, where the deployment keeps no photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from image_search.errors import ImageSearchError
from image_search.uploads.bucket import ImageBucket

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger


def delete_searched(bucket: ImageBucket, sha256: str, logger: Logger) -> None:
    """The answer counts: what is not deleted is logged, and left to the bucket's lifecycle."""
    if bucket.keeps_searched:
        return
    try:
        bucket.delete_upload(sha256)
    except ImageSearchError as error:
        logger.warning("upload not deleted", error=error.code, detail=error.detail)
