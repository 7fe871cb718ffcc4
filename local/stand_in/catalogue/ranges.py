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
        ("Harbor", "Summit", "Pacer", "Court", "Drift", "Terrace",
         "Mercer", "Alder", "Relay", "Pike", "Boulevard", "Orchard"),
        ("Northlane", "Kestrel"), ("canvas", "leather"), ("38", "40", "42"), 59,
    ),
    Range(
        "dress", "dresses", "dress",
        ("Marigold", "Column", "Picnic", "Metro", "Fiesta", "Gallery",
         "Trattoria", "Atelier", "Meander", "Linden", "Serenade", "Pavilion"),
        ("Fern & Fable", "Oda"), ("cotton", "linen"), _CLOTHES_SIZES, 69,
    ),
    Range(
        "t-shirt", "tops", "T-shirt",
        ("Everyday", "Longline", "Sailor", "Quay", "Confetti", "Studio",
         "Bistro", "Rowan", "Summer", "Ember", "Regatta", "Clerk"),
        ("Plainsong", "Northlane"), ("cotton", "jersey"), _CLOTHES_SIZES, 19,
    ),
    Range(
        "handbag", "bags", "handbag",
        ("Market", "Notary", "Boardwalk", "Arcade", "Bazaar", "Salon",
         "Gingham", "Courier", "Plaza", "Ledger", "Ferry", "Opera"),
        ("Oda", "Tannery Row"), ("leather", "canvas"), ("small", "large"), 89,
    ),
    Range(
        "hat", "hats", "hat",
        ("Prairie", "Bleacher", "Avenue", "Dugout", "Riviera", "Rally",
         "Savannah", "Bullpen", "Canyon", "Infield", "Harvest", "Outfield"),
        ("Kestrel", "Brim Bros"), ("wool", "cotton"), ("one size",), 29,
    ),
    Range(
        "mug", "mugs", "mug",
        ("Diner", "Cappuccino", "Camp", "Latte", "Breakfast", "Parlour",
         "Trattoria", "Flat White", "Cottage", "Macchiato", "Bakery", "Cortado"),
        ("Kiln Works", "Hearth"), ("stoneware", "porcelain"), ("250 ml", "400 ml"), 12,
    ),
    Range(
        "lamp", "lamps", "lamp",
        ("Reader", "Halo", "Beacon", "Observatory", "Lantern", "Meadow",
         "Cottage", "Planet", "Signal", "Eclipse", "Tailor", "Comet"),
        ("Lumen & Co", "Hearth"), ("linen", "steel"), ("small", "large"), 49,
    ),
    Range(
        "chair", "chairs", "chair",
        ("Bistro", "Lounge", "Kitchen", "Den", "Workshop", "Library",
         "Canteen", "Club", "Farmhouse", "Cinema", "Tailor", "Salon"),
        ("Oakline", "Hearth"), ("wool", "velvet"), ("standard",), 129,
    ),
    Range(
        "trousers", "trousers", "trousers",
        ("Foundry", "Palazzo", "Pier", "Gallery", "Domino", "Meadow",
         "Dairy", "Piazza", "Alpine", "Cascade", "Counsel", "Promenade"),
        ("Plainsong", "Fern & Fable"), ("denim", "linen"), _CLOTHES_SIZES, 49,
    ),
    Range(
        "backpack", "bags", "backpack",
        ("Commuter", "Voyager", "Campus", "Summit", "Trail", "Courier",
         "Picnic", "Ridge", "Switchback", "Delta", "Metro", "Harbour"),
        ("Kestrel", "Northlane"), ("canvas", "nylon"), ("18 l", "25 l"), 69,
    ),
    Range(
        "umbrella", "umbrellas", "umbrella",
        ("Drizzle", "Pagoda", "Avenue", "Garden", "Polka", "Lotus",
         "Brolly", "Temple", "Monsoon", "Willow", "Banker", "Bamboo"),
        ("Brim Bros", "Oda"), ("polyester", "cotton"), ("one size",), 24,
    ),
    Range(
        "teapot", "teapots", "teapot",
        ("Parlour", "Dynasty", "Harvest", "Terrace", "Confetti", "Mandarin",
         "Cottage", "Jasmine", "Alpine", "Ginger", "Regency", "Lantern"),
        ("Kiln Works", "Hearth"), ("stoneware", "porcelain"), ("600 ml", "1 l"), 34,
    ),
    Range(
        "vase", "vases", "vase",
        ("Amphora", "Stem", "Delphi", "Solo", "Etruria", "Bud",
         "Corinth", "Reed", "Minoa", "Slender", "Ithaca", "Single"),
        ("Kiln Works", "Oda"), ("ceramic", "glass"), ("small", "large"), 29,
    ),
    Range(
        "clock", "clocks", "clock",
        ("Station", "Rooster", "Studio", "Morning", "Orbit", "Cockerel",
         "Kitchen", "Sunrise", "Depot", "Early", "Office", "Matins"),
        ("Lumen & Co", "Oakline"), ("steel", "oak"), ("small", "large"), 39,
    ),
)  # fmt: skip
