"""`response.results`: one item for each product that was found."""

from typing import Any

from stand_in.catalogue.products import Product, Variation
from stand_in.matching.index import Match
from stand_in.request.fmt_options import FmtOptions
from stand_in.request.query import SearchQuery
from stand_in.response.aggregations import map_variations
from stand_in.response.fields import FieldChoice

Json = dict[str, Any]


def result(match: Match, query: SearchQuery, fields: FieldChoice) -> Json:
    """A product as the picture showed it: named and described by its best variation."""
    product = match.product
    shown = _shown_variations(match, query.fmt_options)
    item: Json = {
        "value": _name(product, match.colour),
        "matched_terms": [],
        "data": fields.item(product, best_variation(match)),
        "variations": [_variation(product, variation, fields) for variation in shown],
    }
    if query.variations_map is not None:
        # Over all variations and all their fields: what is shown does not limit what is counted.
        everything = FieldChoice(FmtOptions(show_hidden_fields=True), fields.base_url)
        records = [_variation(product, each, everything) for each in product.variations]
        item["variations_map"] = map_variations(query.variations_map, records)
    return item


def best_variation(match: Match) -> Variation:
    """The first size of the colour that is nearest to the picture."""
    return next(each for each in match.product.variations if each.colour == match.colour)


def _shown_variations(match: Match, options: FmtOptions) -> list[Variation]:
    """`all`: every one; `matched`: those of the colour in the picture; `default`: one a colour."""
    variations = match.product.variations
    if options.variations_return_type == "all":
        return list(variations)
    if options.variations_return_type == "matched":
        return [each for each in variations if each.colour == match.colour]
    first: dict[str, Variation] = {}
    for each in variations:
        first.setdefault(each.colour, each)
    return list(first.values())


def _variation(product: Product, variation: Variation, fields: FieldChoice) -> Json:
    return {
        "value": _name(product, variation.colour),
        "data": fields.variation(product, variation),
    }


def _name(product: Product, colour: str) -> str:
    return f"{product.name}, {colour}"
