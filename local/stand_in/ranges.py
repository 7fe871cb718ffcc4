"""What the shop sells: one range of products for each category."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Range:
    """A category's products, in words; `price` is that of the cheapest, in whole currency units."""

    category: str
    group_id: str
    noun: str
    models: tuple[str, ...]
    brands: tuple[str, ...]
    materials: tuple[str, ...]
    sizes: tuple[str, ...]
    price: int


_CLOTHES_SIZES: Final = ("S", "M", "L")

RANGES: Final = (
    Range(
        "shoe", "sneakers", "sneaker",
        ("Harbor", "Summit", "Pacer", "Court", "Drift", "Terrace"),
        ("Northlane", "Kestrel"), ("canvas", "leather"), ("38", "40", "42"), 59,
    ),
    Range(
        "dress", "dresses", "dress",
        ("Marigold", "Column", "Picnic", "Metro", "Fiesta", "Gallery"),
        ("Fern & Fable", "Oda"), ("cotton", "linen"), _CLOTHES_SIZES, 69,
    ),
    Range(
        "t-shirt", "tops", "T-shirt",
        ("Everyday", "Longline", "Sailor", "Quay", "Confetti", "Studio"),
        ("Plainsong", "Northlane"), ("cotton", "jersey"), _CLOTHES_SIZES, 19,
    ),
    Range(
        "handbag", "bags", "handbag",
        ("Market", "Notary", "Boardwalk", "Arcade", "Bazaar", "Salon"),
        ("Oda", "Tannery Row"), ("leather", "canvas"), ("small", "large"), 89,
    ),
    Range(
        "hat", "hats", "hat",
        ("Prairie", "Bleacher", "Avenue", "Dugout", "Riviera", "Rally"),
        ("Kestrel", "Brim Bros"), ("wool", "cotton"), ("one size",), 29,
    ),
    Range(
        "mug", "mugs", "mug",
        ("Diner", "Cappuccino", "Camp", "Latte", "Breakfast", "Parlour"),
        ("Kiln Works", "Hearth"), ("stoneware", "porcelain"), ("250 ml", "400 ml"), 12,
    ),
    Range(
        "lamp", "lamps", "lamp",
        ("Reader", "Halo", "Beacon", "Observatory", "Lantern", "Meadow"),
        ("Lumen & Co", "Hearth"), ("linen", "steel"), ("small", "large"), 49,
    ),
    Range(
        "chair", "chairs", "chair",
        ("Bistro", "Lounge", "Kitchen", "Den", "Workshop", "Library"),
        ("Oakline", "Hearth"), ("wool", "velvet"), ("standard",), 129,
    ),
)  # fmt: skip
