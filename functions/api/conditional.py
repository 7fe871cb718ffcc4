"""Entity tags and conditional requests (RFC 9110 §8.8.3 and §13.1.2)."""

from __future__ import annotations

import re

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def entity_tag(name: str, *, gzip: bool) -> str:
    """A strong tag: two codings of one answer are different bytes, so they have different tags."""
    return f'"{name}-gzip"' if gzip else f'"{name}"'


def none_match(if_none_match: str, tag: str) -> bool:
    """False when the client already has what would be sent, by the weak comparison."""
    return if_none_match.strip() != "*" and tag not in _TAG.findall(if_none_match)
