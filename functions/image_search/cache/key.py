"""The name under which an answer is cached."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from image_search.credentials.secret import Credentials

SCHEMA_VERSION = "3"
"""Counted up whenever the key's make-up or the stored answer's form changes."""
_IMAGE_DIGITS = 32


def cache_key(
    credentials: Credentials, generation: str, canonical_query: str, image_sha256: str
) -> str:
    """The image's part, a point, and 64 hexadecimal digits.

    Equal for two requests exactly when one answer serves both. Keyed by the index key, so that
    neither that key nor an end user named in the query, nor whether a given photo was searched
    for, can be read back, or guessed and checked, from the table.
    """
    named = "\n".join((SCHEMA_VERSION, generation, canonical_query, image_sha256))
    return f"{image_part(credentials, image_sha256)}.{_keyed(credentials, named)}"


def image_part(credentials: Credentials, image_sha256: str) -> str:
    """With what the names of all the answers for an image begin, whatever was asked of it."""
    return _keyed(credentials, image_sha256)[:_IMAGE_DIGITS]


def outcome_key(credentials: Credentials, image_sha256: str) -> str:
    """Of what came of an upload. Begins as the answers', which is how a purge finds it."""
    return f"{image_part(credentials, image_sha256)}.upload"


def _keyed(credentials: Credentials, text: str) -> str:
    secret = _secret(credentials.key.get_secret_value())
    return hmac.digest(secret, text.encode(), "sha256").hex()


@lru_cache
def _secret(index_key: str) -> bytes:
    return hashlib.sha256(b"cache key:" + index_key.encode()).digest()
