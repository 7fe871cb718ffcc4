"""What a client asks of the cache (RFC 9111 §5.2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

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
        """Directives that are unknown or malformed have no effect; of several the first counts
        (RFC 9111 §4.2.1).

        Going past the cache costs money, so ``no-cache``, ``no-store`` and ``max-age=0``, which
        means the same, have an effect only with ``allow_bypass``.
        """
        found: dict[str, str] = {}
        for name, argument in _directives(header):
            found.setdefault(name, argument)
        max_age = _seconds(found.get("max-age", ""))
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


def _directives(header: str) -> Iterator[tuple[str, str]]:
    """Names in lower case, and arguments without quotation marks.

    By hand, not by a pattern: one that skips what is malformed tries each of its characters anew.
    """
    # Without what is escaped, every other piece is between quotation marks, where commas separate
    # nothing (RFC 9110 §5.6.4).
    pieces = header.replace("\\\\", "").replace('\\"', "").split('"')
    pieces[1::2] = [piece.replace(",", " ") for piece in pieces[1::2]]
    for directive in '"'.join(pieces).split(","):
        name, _, argument = directive.strip().partition("=")
        quoted = len(argument) > 1 and argument[0] == argument[-1] == '"'
        yield name.lower(), argument[1:-1] if quoted else argument


def _seconds(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text[:_MAX_AGE_DIGITS])
