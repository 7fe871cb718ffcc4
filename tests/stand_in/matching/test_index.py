"""A photo finds its product: first the same thing in the same colour, then what is like it."""

from collections.abc import Callable
from typing import Any

import pytest

from stand_in.catalogue.products import build_catalogue
from stand_in.drawing.look import Look

Names = list[tuple[str, str]]


def found(body: dict[str, Any]) -> Names:
    results = body["response"]["results"]
    return [(each["data"]["id"].rsplit("-", 1)[0], each["data"]["color"]) for each in results]


@pytest.mark.parametrize(
    ("category", "look", "angle"),
    [
        ("shoe", Look("red"), 8),
        ("shoe", Look("blue", "striped", 1), -9),
        ("dress", Look("green", "dotted"), 5),
        ("dress", Look("pink", "plain", 1), -6),
        ("t-shirt", Look("yellow"), -10),
        ("t-shirt", Look("black", "striped", 1), 4),
        ("handbag", Look("brown"), 7),
        ("hat", Look("purple"), -5),
        ("mug", Look("orange"), 6),
        ("lamp", Look("red", "plain", 1), -4),
        ("chair", Look("blue"), 5),
        ("chair", Look("yellow", "dotted", 1), -7),
    ],
)
def test_both_products_of_the_category_and_colour_come_first(
    search: Callable[..., dict[str, Any]],
    photo: Callable[..., bytes],
    category: str,
    look: Look,
    angle: float,
) -> None:
    body = search(photo(category, look, angle))
    assert found(body)[:2] == [(category, look.colour)] * 2


def test_a_red_shoe_is_followed_by_shoes_and_by_red_things(
    search: Callable[..., dict[str, Any]], red_shoe: bytes
) -> None:
    following = found(search(red_shoe))[2:8]
    kinds = [category == "shoe" or colour == "red" for category, colour in following]
    assert kinds == [True] * 6


def test_results_come_nearest_first_and_each_product_once(
    search: Callable[..., dict[str, Any]], red_shoe: bytes
) -> None:
    ids = [each["data"]["id"] for each in search(red_shoe)["response"]["results"]]
    assert (len(ids), len(set(ids))) == (24, 24)


def test_the_catalogue_is_wide_enough_to_choose_from() -> None:
    products = build_catalogue()
    categories = {product.category for product in products}
    colours = {colour for product in products for colour in product.colours}
    assert (len(products), len(categories), len(colours)) == (168, 14, 9)


def test_every_variation_has_a_name_of_its_own() -> None:
    ids = [variation.id for product in build_catalogue() for variation in product.variations]
    assert len(ids) == len(set(ids))
