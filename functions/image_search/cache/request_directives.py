"""What a client asks of the cache (RFC 9111 §5.2.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIRECTIVE = re.compile(
    r'\s*([!#$%&\'*+.^_`|~\w-]+)(?:=(?:"([^"]*)"|([^,\s]*)))?\s*(?:,|$)', re.ASCII
)
_MAX_AGE_DIGITS = 10


@dataclass(frozen=True)
class RequestCacheControl:
    """``max_age``: the oldest answer that will do, in seconds."""

    no_cache: bool = False
    no_store: bool = False
    only_if_cached: bool = False
    max_age: int | None = None

    @classmethod
    def parse(cls, header: str, *, allow_bypass: bool) -> RequestCacheControl:
        """Directives that are unknown or malformed have no effect.

        Going past the cache costs money, so ``no-cache``, ``no-store`` and ``max-age=0``, which
        means the same, have an effect only with ``allow_bypass``.
        """
        found = {match[1].lower(): match[2] or match[3] for match in _DIRECTIVE.finditer(header)}
        max_age = _seconds(found.get("max-age") or "")
        return cls(
            no_cache=allow_bypass and ("no-cache" in found or max_age == 0),
            no_store=allow_bypass and "no-store" in found,
            only_if_cached="only-if-cached" in found,
            max_age=max_age or None,
        )

    @property
    def skips_lookup(self) -> bool:
        return self.no_cache or self.no_store

    def accepts(self, age: int) -> bool:
        """Whether an answer this many seconds old will do."""
        return self.max_age is None or age <= self.max_age


def _seconds(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text[:_MAX_AGE_DIGITS])
