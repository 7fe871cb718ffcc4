"""`response.facets`: counted over the products that were found."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from stand_in.catalogue.products import Product
from stand_in.request.fmt_options import FmtOptions
from stand_in.response.facet_definitions import FACETS, FacetDefinition

Json = dict[str, Any]


def facets_of(products: Sequence[Product], options: FmtOptions) -> list[Json]:
    """The facets that the request may and wants to see."""
    shown = [facet for facet in FACETS if _is_shown(facet, options)]
    return [_facet(facet, products, options) for facet in shown[: options.facet_groups_limit]]


def _is_shown(facet: FacetDefinition, options: FmtOptions) -> bool:
    if facet.protected:
        return options.show_protected_facets
    if facet.hidden:
        return options.show_hidden_facets or facet.name in options.hidden_facets
    return True


def _facet(facet: FacetDefinition, products: Sequence[Product], options: FmtOptions) -> Json:
    described: Json = {
        "type": facet.kind,
        "name": facet.name,
        "display_name": facet.display_name,
        "hidden": facet.hidden,
        "data": {},
    }
    if facet.kind == "range":
        return {**described, **_bounds(facet, products)}
    if facet.kind == "hierarchical":
        paths = [tuple(map(str, facet.values_of(product))) for product in products]
        return {**described, "options": _tree(paths)}
    return {**described, "options": _options(facet, products, options)}


def _bounds(facet: FacetDefinition, products: Sequence[Product]) -> Json:
    values = [value for product in products for value in facet.values_of(product)]
    return {"min": min(values), "max": max(values)} if values else {}


def _options(
    facet: FacetDefinition, products: Sequence[Product], options: FmtOptions
) -> list[Json]:
    counts = Counter(str(value) for product in products for value in facet.values_of(product))
    if not options.show_hidden_facet_options:
        for hidden in facet.hidden_options:
            counts.pop(hidden, None)
    wanted = options.facet_options.get(facet.name)
    if wanted is not None and facet.kind == "multiple":
        counts = Counter({value: counts[value] for value in counts if value in wanted})
    return [_option(value, count) for value, count in _most_first(counts)]


def _tree(paths: Sequence[tuple[str, ...]], above: str = "") -> list[Json]:
    counts = Counter(path[0] for path in paths if path)
    tree = []
    for name, count in _most_first(counts):
        below = [path[1:] for path in paths if path[:1] == (name,)]
        value = f"{above}{name}"
        option = {**_option(value, count), "display_name": name}
        tree.append({**option, "options": _tree(below, f"{value} > ")})
    return tree


def _option(value: str, count: int) -> Json:
    return {"status": "", "value": value, "display_name": value, "count": count, "data": {}}


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda found: (-found[1], found[0]))
