"""The name under which an answer is cached."""

from __future__ import annotations

import hashlib
import hmac

from image_search import query
from image_search.credentials import Credentials
from image_search.parameters import SearchParameters
from image_search.settings import CacheScope

SCHEMA_VERSION = "1"
"""Counted up whenever the key's make-up or the stored answer's form changes."""


def cache_key(
    credentials: Credentials, parameters: SearchParameters, image_sha256: str, scope: CacheScope
) -> str:
    """64 hexadecimal digits, equal for two requests exactly when one answer serves both.

    The index key takes part as a fingerprint, the shopper as an HMAC: neither can be read back
    from the table.
    """
    parts = [
        SCHEMA_VERSION,
        credentials.fingerprint,
        query.encode(parameters.without_identity().canonical_pairs()),
        image_sha256,
    ]
    if scope is CacheScope.USER:
        parts.append(_pseudonym(credentials, parameters))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _pseudonym(credentials: Credentials, parameters: SearchParameters) -> str:
    secret = b"shopper:" + credentials.key.get_secret_value().encode()
    identity = query.encode(parameters.identity())
    return hmac.new(secret, identity.encode(), hashlib.sha256).hexdigest()
