"""`response.sort_options`: the ways of sorting that the index is configured with."""

from dataclasses import dataclass
from typing import Any, Final

from stand_in.request.fmt_options import FmtOptions, SortOrder


@dataclass(frozen=True)
class SortOption:
    """One way of sorting."""

    sort_by: str
    sort_order: SortOrder
    display_name: str
    hidden: bool = False


SORT_OPTIONS: Final = (
    SortOption("relevance", "descending", "Best match"),
    SortOption("price", "ascending", "Price, low to high"),
    SortOption("price", "descending", "Price, high to low"),
    SortOption("rating", "descending", "Best rated"),
    SortOption("inventory_count", "descending", "Most in stock", hidden=True),
    SortOption("margin", "descending", "Highest margin", hidden=True),
)


def sort_options(options: FmtOptions) -> list[dict[str, Any]]:
    """The options that the request may see; results come by relevance."""
    return [
        {
            "display_name": option.display_name,
            "status": "selected" if option.sort_by == "relevance" else "",
            "sort_by": option.sort_by,
            "sort_order": option.sort_order,
            "hidden": option.hidden,
        }
        for option in SORT_OPTIONS
        if not option.hidden
        or options.show_hidden_sort_options
        or option.sort_by in options.hidden_sort_options
    ]
