"""An item's and a variation's `data`: which fields there are, and which of them are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from stand_in.catalogue.products import Product, Variation
from stand_in.catalogue.taxonomy import path_to
from stand_in.request.fmt_options import FmtOptions
from stand_in.response.facet_definitions import FACETS

Data = dict[str, Any]

_ALWAYS: Final = frozenset({"id", "variation_id"})
_HIDDEN: Final = frozenset({"inventory_count", "store_availability", "cost_price"})


@dataclass(frozen=True)
class FieldChoice:
    """Which fields a request wants to see; pictures and pages are at `base_url`."""

    options: FmtOptions
    base_url: str

    def item(self, product: Product, variation: Variation) -> Data:
        """The item's own fields with those of its best variation merged in."""
        return self._shown(
            {
                "id": product.id,
                "url": f"{self.base_url}/products/{product.id}",
                "brand": product.brand,
                "material": product.material,
                "pattern": product.pattern,
                "rating": product.rating,
                **self._of_variation(product, variation),
                "facets": _facets(product),
                "groups": _groups(product.group_id),
            }
        )

    def variation(self, product: Product, variation: Variation) -> Data:
        """The variation's own fields."""
        url = f"{self.base_url}/products/{product.id}?variation={variation.id}"
        return self._shown({"url": url, **self._of_variation(product, variation)})

    def _of_variation(self, product: Product, variation: Variation) -> Data:
        picture = product.picture_id(variation.colour)
        return {
            "variation_id": variation.id,
            "image_url": f"{self.base_url}/catalogue/{picture}.png",
            "price": variation.price,
            "color": variation.colour,
            "size": variation.size,
            "in_stock": variation.inventory > 0,
            "inventory_count": variation.inventory,
            "store_availability": {"north": variation.inventory > 10, "south": True},
            "cost_price": round(variation.price * 0.55, 2),
        }

    def _shown(self, data: Mapping[str, Any]) -> Data:
        wanted = set(self.options.fields) if self.options.fields else set(data) - _HIDDEN
        wanted -= _HIDDEN
        wanted |= _HIDDEN if self.options.show_hidden_fields else set()
        wanted |= _HIDDEN.intersection(self.options.hidden_fields) | _ALWAYS
        return {name: value for name, value in data.items() if name in wanted}


def _facets(product: Product) -> list[dict[str, Any]]:
    return [
        {"name": facet.name, "values": list(facet.values_of(product))}
        for facet in FACETS
        if not facet.hidden and not facet.protected
    ]


def _groups(group_id: str) -> list[dict[str, Any]]:
    *above, group = path_to(group_id)
    return [
        {
            "group_id": group.id,
            "display_name": group.name,
            "path": "/" + "/".join(parent.id for parent in above),
            "path_list": [{"id": parent.id, "display_name": parent.name} for parent in above],
        }
    ]
