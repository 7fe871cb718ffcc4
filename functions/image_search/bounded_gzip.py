"""Gzip from outside, decompressed within a limit: 389 KB of it may be 400 MB."""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO

# Of an answer: usual ones have 100 KB, and the functions some hundred MB for all that they hold.
MAX_BYTES = 10_000_000
# RFC 1952's format, of zlib's.
_GZIP = 31


class TooLarge(ValueError):
    """There is more than the limit."""


def decompress(content: bytes, most: int = MAX_BYTES) -> bytes:
    """At most ``most`` bytes. Raises ``ValueError`` for what is no gzip, and ``TooLarge``."""
    return read(content, most)[0]


def read(content: bytes, most: int = MAX_BYTES) -> tuple[bytes, bool]:
    """As ``decompress``; and whether it is one member with nothing behind it.

    Of several members, or of padding, clients make different things: httpx reads the first member
    only, and curl fails (RFC 1952 §2.2 allows several).
    """
    first = zlib.decompressobj(_GZIP)
    try:
        plain = first.decompress(content, most + 1)
        if len(plain) <= most and first.eof and first.unused_data:
            plain = gzip.GzipFile(fileobj=BytesIO(content)).read(most + 1)  # of several members
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"no gzip ({error})") from error
    if len(plain) > most:
        raise TooLarge(f"over {most} bytes")
    if not first.eof:
        raise ValueError("no gzip (cut off)")
    return plain, not first.unused_data


def begins(content: bytes) -> bool:
    """Whether it begins as gzip of anything: all of it is not looked at, which takes 5 µs."""
    try:
        return zlib.decompressobj(_GZIP).decompress(content, 1) != b""
    except zlib.error:
        return False
