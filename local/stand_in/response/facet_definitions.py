"""The facets that the index is configured with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from stand_in.catalogue.products import Product
from stand_in.catalogue.taxonomy import path_to

FacetKind = Literal["single", "multiple", "range", "hierarchical"]
FacetValue = str | float


@dataclass(frozen=True)
class FacetDefinition:
    """A facet and how a product's values for it are found."""

    name: str
    display_name: str
    kind: FacetKind
    values_of: Callable[[Product], tuple[FacetValue, ...]]
    hidden: bool = False
    protected: bool = False
    hidden_options: frozenset[str] = frozenset()


def _sizes(product: Product) -> tuple[FacetValue, ...]:
    return tuple(dict.fromkeys(variation.size for variation in product.variations))


def _prices(product: Product) -> tuple[FacetValue, ...]:
    return tuple(sorted({variation.price for variation in product.variations}))


def _department(product: Product) -> tuple[FacetValue, ...]:
    return tuple(group.name for group in path_to(product.group_id)[1:])


def _availability(product: Product) -> tuple[FacetValue, ...]:
    stock = sum(variation.inventory for variation in product.variations)
    return ("in stock",) if stock < 150 else ("in stock", "warehouse")


def _stores(product: Product) -> tuple[FacetValue, ...]:
    return ("north", "south") if product.cut == 0 else ("south",)


def _margin(product: Product) -> tuple[FacetValue, ...]:
    return (round(product.variations[0].price * 0.45, 2),)


FACETS: Final = (
    FacetDefinition("color", "Color", "multiple", lambda product: product.colours),
    FacetDefinition("brand", "Brand", "multiple", lambda product: (product.brand,)),
    FacetDefinition("price", "Price", "range", _prices),
    FacetDefinition("size", "Size", "multiple", _sizes),
    FacetDefinition("material", "Material", "single", lambda product: (product.material,)),
    FacetDefinition("pattern", "Pattern", "single", lambda product: (product.pattern,)),
    FacetDefinition("department", "Department", "hierarchical", _department),
    FacetDefinition(
        "availability", "Availability", "single", _availability,
        hidden_options=frozenset({"warehouse"}),
    ),
    FacetDefinition("store_id", "Store", "multiple", _stores, hidden=True),
    FacetDefinition("margin", "Margin", "range", _margin, protected=True),
)  # fmt: skip
