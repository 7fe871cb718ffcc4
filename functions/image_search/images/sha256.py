"""SHA-256 digests as names: 64 lower-case hexadecimal digits; clients may write upper case, too."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Annotated

from pydantic import StringConstraints

PATTERN = r"^[0-9a-f]{64}$"
EITHER_CASE = r"^[0-9A-Fa-f]{64}$"

Sha256 = Annotated[str, StringConstraints(pattern=EITHER_CASE, to_lower=True)]


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def is_sha256(text: str) -> bool:
    return re.fullmatch(PATTERN, text) is not None


def checksum(sha256: str) -> str:
    """The same digest as S3 writes it: base64 of its 32 bytes."""
    return base64.b64encode(bytes.fromhex(sha256)).decode()
