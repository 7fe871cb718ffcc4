"""`response.groups`: the tree of groups, with how many products were found in each."""

from collections.abc import Callable, Sequence
from typing import Any

from stand_in.catalogue.products import Product
from stand_in.catalogue.taxonomy import ROOT, Group, path_to
from stand_in.request.fmt_options import FmtOptions

Json = dict[str, Any]
_GROUP_ID = "group_id:"


def groups_of(products: Sequence[Product], options: FmtOptions) -> list[Json]:
    """The tree from where it is asked for; an image search has no group selected, so that
    `current` is the top. A group that does not exist, or has no product, is not there."""
    start = options.groups_start
    wanted = start.removeprefix(_GROUP_ID) if start.startswith(_GROUP_ID) else ROOT.id
    path = path_to(wanted)
    if not path or not _ranks(path[-1], products):
        return []
    return [_group(path[-1], path[:-1], products, options, options.groups_max_depth)]


def _group(
    group: Group,
    above: tuple[Group, ...],
    products: Sequence[Product],
    options: FmtOptions,
    depth: int,
) -> Json:
    found = [child for child in group.children if _ranks(child, products)] if depth > 0 else []
    found.sort(key=_order(products, options), reverse=_is_reversed(options))
    path = (*above, group)
    return {
        "group_id": group.id,
        "display_name": group.name,
        "count": len(_ranks(group, products)),
        "data": {},
        "children": [_group(child, path, products, options, depth - 1) for child in found],
        "parents": [{"group_id": parent.id, "display_name": parent.name} for parent in above],
    }


def _ranks(group: Group, products: Sequence[Product]) -> list[int]:
    """The places, in the order of the results, of the products in a group."""
    return [place for place, product in enumerate(products) if group in path_to(product.group_id)]


def _order(products: Sequence[Product], options: FmtOptions) -> Callable[[Group], Any]:
    if options.groups_sort_by == "value":
        return lambda group: group.name
    if options.groups_sort_by == "num_matches":
        return lambda group: (len(_ranks(group, products)), group.name)
    return lambda group: -_ranks(group, products)[0]


def _is_reversed(options: FmtOptions) -> bool:
    return options.groups_sort_order == "descending"
