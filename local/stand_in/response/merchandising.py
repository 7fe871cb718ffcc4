"""What a shop's staff configure around the results: content for segments, features."""

from collections.abc import Iterable
from typing import Any, Final

Json = dict[str, Any]

_CONTENT_FOR_SEGMENT: Final[dict[str, Json]] = {
    "vip": {"headline": "Early access for members", "badge": "VIP"},
    "mobile": {"headline": "Snap it, find it", "badge": "App only"},
}
_FEATURES: Final = (
    ("auto_generated_refined_query_rules", "Affinity Engine", True),
    ("manual_searchandizing", "Searchandizing", True),
    ("personalization", "Personalization", False),
    ("query_items", "Learn To Rank", True),
)


def refined_content(segments: Iterable[str]) -> list[Json]:
    """Content for the end user's segments: `vip` and `mobile` have some."""
    return [
        {"data": _CONTENT_FOR_SEGMENT[name]}
        for name in dict.fromkeys(segments)
        if name in _CONTENT_FOR_SEGMENT
    ]


def features() -> list[Json]:
    """The state of upstream's features, as a shop would have them."""
    return [
        {"feature_name": name, "display_name": shown, "enabled": enabled}
        for name, shown, enabled in _FEATURES
    ]
