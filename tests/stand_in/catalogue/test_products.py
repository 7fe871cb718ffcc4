"""The shop: how much there is, of what, and at which price."""

from collections import Counter

import pytest

from stand_in.catalogue.products import Product, Variation, build_catalogue
from stand_in.catalogue.taxonomy import path_to
from stand_in.drawing.colours import COLOURS
from stand_in.request.fmt_options import FmtOptions
from stand_in.response.facet_definitions import FACETS
from stand_in.response.groups import groups_of

PRODUCTS = build_catalogue()


def named(product_id: str) -> Product:
    return next(product for product in PRODUCTS if product.id == product_id)


def test_each_category_has_twelve_products() -> None:
    assert Counter(product.category for product in PRODUCTS) == dict.fromkeys(
        [
            "shoe", "dress", "t-shirt", "handbag", "hat", "mug", "lamp",
            "chair", "trousers", "backpack", "umbrella", "teapot", "vase", "clock",
        ],
        12,
    )  # fmt: skip


def test_each_category_has_each_pattern_in_both_cuts() -> None:
    looks = Counter((product.category, product.pattern, product.cut) for product in PRODUCTS)
    assert (len(looks), set(looks.values())) == (14 * 6 * 2, {1})


def test_each_colour_is_sold_in_four_products_of_a_category() -> None:
    sold = Counter(colour for each in PRODUCTS for colour in each.colours)
    assert sold == dict.fromkeys(COLOURS, 14 * 4)


def test_each_colour_is_what_some_products_are_shown_in() -> None:
    assert {product.colours[0] for product in PRODUCTS} == set(COLOURS)


def test_products_of_a_category_have_names_of_their_own() -> None:
    assert len({(product.category, product.name) for product in PRODUCTS}) == 168


def test_a_product_follows_from_its_place() -> None:
    assert (build_catalogue(), named("hat-04")) == (
        PRODUCTS,
        Product(
            id="hat-04",
            name="Dugout hat",
            category="hat",
            group_id="hats",
            brand="Brim Bros",
            material="cotton",
            pattern="striped",
            cut=1,
            rating=4.0,
            variations=(
                Variation("hat-04-yellow-onesize", "yellow", "one size", 58.95, 29),
                Variation("hat-04-red-onesize", "red", "one size", 58.95, 20),
                Variation("hat-04-orange-onesize", "orange", "one size", 53.95, 29),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("product_id", "prices"),
    [
        ("shoe-01", [58.95, 58.95, 58.95, 58.95, 58.95, 58.95, 53.95, 53.95, 53.95]),
        ("mug-01", [11.95, 21.95, 11.95, 21.95, 6.95, 16.95]),
        ("mug-12", [66.95, 76.95, 66.95, 76.95, 61.95, 71.95]),
    ],
)
def test_larger_pieces_cost_more_and_the_last_colour_less(
    product_id: str, prices: list[float]
) -> None:
    assert [variation.price for variation in named(product_id).variations] == prices


def test_each_variation_has_a_stock_of_its_own_and_may_be_sold_out() -> None:
    stock = {each.id: each.inventory for each in named("handbag-02").variations}
    assert stock == {
        "handbag-02-orange-small": 35,
        "handbag-02-orange-large": 0,
        "handbag-02-blue-small": 29,
        "handbag-02-blue-large": 34,
        "handbag-02-brown-small": 32,
        "handbag-02-brown-large": 37,
    }


def test_every_group_holds_the_products_of_those_below_it() -> None:
    (root,) = groups_of(PRODUCTS, FmtOptions(groups_max_depth=3))
    counts = {
        group["display_name"]: (
            group["count"],
            {child["display_name"]: child["count"] for child in group["children"]},
        )
        for department in root["children"]
        for group in department["children"]
    }
    assert counts == {
        "Shoes": (12, {"Sneakers": 12}),
        "Clothing": (36, {"Dresses": 12, "Tops": 12, "Trousers": 12}),
        "Accessories": (48, {"Bags": 24, "Hats": 12, "Umbrellas": 12}),
        "Kitchen": (24, {"Mugs": 12, "Teapots": 12}),
        "Lighting": (12, {"Lamps": 12}),
        "Decoration": (24, {"Vases": 12, "Clocks": 12}),
        "Furniture": (12, {"Chairs": 12}),
    }


def test_a_path_leads_from_the_top_to_a_group() -> None:
    assert [group.id for group in path_to("teapots")] == ["all", "home", "kitchen", "teapots"]


def test_there_is_a_facet_of_each_kind_and_of_each_visibility() -> None:
    assert [(each.name, each.kind, each.hidden, each.protected) for each in FACETS] == [
        ("color", "multiple", False, False),
        ("brand", "multiple", False, False),
        ("price", "range", False, False),
        ("size", "multiple", False, False),
        ("material", "single", False, False),
        ("pattern", "single", False, False),
        ("department", "hierarchical", False, False),
        ("availability", "single", False, False),
        ("store_id", "multiple", True, False),
        ("margin", "range", False, True),
    ]
