"""Entity tags and conditional requests (RFC 9110 §8.8.3 and §13.1.2)."""

from __future__ import annotations

import re

_TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')


def entity_tag(name: str, *, gzip: bool) -> str:
    """A strong tag: two codings of one answer are different bytes, so they have different tags."""
    return f'"{name}-gzip"' if gzip else f'"{name}"'


def none_match(if_none_match: str, name: str) -> bool:
    """False when the client already has this answer, in whichever coding."""
    if if_none_match.strip() == "*":
        return False
    known = {entity_tag(name, gzip=False), entity_tag(name, gzip=True)}
    return known.isdisjoint(_TAG.findall(if_none_match))
