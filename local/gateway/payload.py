"""How large an event or a function's answer is to Lambda, which counts it as JSON."""

import json
from collections.abc import Mapping
from typing import Any

# In JSON a character takes six bytes at most.
_MOST_ESCAPED = 6


def exceeds(payload: Mapping[str, Any], most: int) -> bool:
    """Whether ``payload`` has more than ``most`` bytes. Its body is most of it, if it has one."""
    body = payload.get("body")
    text = body if isinstance(body, str) else ""
    if _MOST_ESCAPED * len(text) < most // 2:
        return False  # the rest is headers, which are bounded
    rest = _size({**payload, "body": ""})
    return rest + (len(text) if payload.get("isBase64Encoded") else _size(text) - 2) > most


def _size(value: object) -> int:
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
