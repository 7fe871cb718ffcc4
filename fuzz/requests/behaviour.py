"""What a case did, in a few words: a case that does something new is kept and changed further."""

from __future__ import annotations

import json
import re
import sys
from types import CodeType
from typing import Any

from fuzz.requests.sandbox import Exchange

_DIGITS = re.compile(r"\d+")
_MOST = 120
_ROUTES = ("/v2/uploads", "/v2/image_search/", "/v2/image_search")


def behaviour(exchange: Exchange) -> set[str]:
    """Route and status, with the error, its place, and what was logged of it; without values."""
    route = exchange.event["rawPath"].partition("?")[0]
    known = [each for each in _ROUTES if each in route] or ["-"]
    method = exchange.event["requestContext"]["http"]["method"][:5]
    start = f"{method} {known[0]} {exchange.status}"
    seen = {start}
    for line in exchange.log.splitlines():
        try:
            said: Any = json.loads(line)
        except ValueError:
            continue
        facts = [said.get(name) for name in ("message", "error", "detail", "cache", "image_type")]
        seen.add(f"{start} {_DIGITS.sub('0', ' '.join(str(fact)[:_MOST] for fact in facts))}")
    return seen


class Lines:
    """Lines of `functions/` that have run, where Python can tell cheaply: from 3.12 on."""

    def __init__(self) -> None:
        self.seen = 0
        self._monitoring: Any = getattr(sys, "monitoring", None)
        if self._monitoring is not None:
            tool = self._monitoring.COVERAGE_ID
            self._monitoring.use_tool_id(tool, "fuzz")
            self._monitoring.register_callback(tool, self._monitoring.events.LINE, self._line)
            self._monitoring.set_events(tool, self._monitoring.events.LINE)

    def _line(self, code: CodeType, _: int) -> Any:
        """Each is told of once."""
        self.seen += "/functions/" in code.co_filename
        return self._monitoring.DISABLE
