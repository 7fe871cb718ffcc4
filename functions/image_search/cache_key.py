"""The name under which an answer is cached."""

from __future__ import annotations

import hashlib
import hmac

from image_search.credentials import Credentials

SCHEMA_VERSION = "1"
"""Counted up whenever the key's make-up or the stored answer's form changes."""


def cache_key(credentials: Credentials, canonical_query: str, image_sha256: str) -> str:
    """64 hexadecimal digits, equal for two requests exactly when one answer serves both.

    Keyed by the index key, so that neither that key nor a shopper named in the query can be
    read back, or guessed and checked, from the table.
    """
    secret = hashlib.sha256(b"cache key:" + credentials.key.get_secret_value().encode()).digest()
    named = "\n".join((SCHEMA_VERSION, canonical_query, image_sha256))
    return hmac.new(secret, named.encode(), hashlib.sha256).hexdigest()
