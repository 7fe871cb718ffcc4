"""Every option of `fmt_options` has its effect."""

import json
from collections.abc import Callable
from typing import Any

import pytest

Search = Callable[..., dict[str, Any]]

ALWAYS = {"id", "variation_id"}
HIDDEN = {"inventory_count", "store_availability", "cost_price"}


@pytest.fixture
def response(search: Search, red_shoe: bytes) -> Callable[..., dict[str, Any]]:
    def with_options(*options: str) -> dict[str, Any]:
        query = "&".join(f"fmt_options{option}" for option in options)
        found: dict[str, Any] = search(red_shoe, query)["response"]
        return found

    return with_options


Respond = Callable[..., dict[str, Any]]


def fields(response: dict[str, Any]) -> set[str]:
    return set(response["results"][0]["data"])


def facet_names(response: dict[str, Any]) -> list[str]:
    return [facet["name"] for facet in response["facets"]]


def option_values(response: dict[str, Any], name: str) -> list[str]:
    (facet,) = [facet for facet in response["facets"] if facet["name"] == name]
    return [option["value"] for option in facet["options"]]


def test_fields_chooses_what_an_item_shows(response: Respond) -> None:
    assert fields(response("[fields]=price", "[fields]=brand")) == {"price", "brand", *ALWAYS}


def test_hidden_fields_are_shown_when_all_are_asked_for(response: Respond) -> None:
    plain, asked = fields(response()), fields(response("[show_hidden_fields]=true"))
    assert asked - plain == HIDDEN


def test_hidden_fields_are_shown_when_named(response: Respond) -> None:
    assert fields(response("[hidden_fields]=cost_price")) - fields(response()) == {"cost_price"}


def test_fields_alone_do_not_show_a_hidden_one(response: Respond) -> None:
    assert fields(response("[fields]=cost_price")) == ALWAYS


def test_hidden_facets_are_shown_when_asked_for_or_named(response: Respond) -> None:
    shown = [
        "store_id" in facet_names(response(*options))
        for options in ([], ["[show_hidden_facets]=true"], ["[hidden_facets]=store_id"])
    ]
    assert shown == [False, True, True]


def test_hidden_facet_options_are_shown_when_asked_for(response: Respond) -> None:
    plain = option_values(response(), "availability")
    asked = option_values(response("[show_hidden_facet_options]=true"), "availability")
    assert set(asked) - set(plain) == {"warehouse"}


def test_facet_options_chooses_among_a_multiple_facets_options(response: Respond) -> None:
    chosen = response("[facet_options][color]=red", "[facet_options][color]=plaid")
    assert option_values(chosen, "color") == ["red"]


def test_facet_options_leaves_other_kinds_of_facet_alone(response: Respond) -> None:
    chosen = response("[facet_options][material]=leather")
    assert option_values(chosen, "material") == option_values(response(), "material")


@pytest.mark.parametrize(("limit", "names"), [(0, []), (2, ["color", "brand"])])
def test_facet_groups_limit_bounds_the_facets(
    response: Respond, limit: int, names: list[str]
) -> None:
    assert facet_names(response(f"[facet_groups_limit]={limit}")) == names


def test_hidden_sort_options_are_shown_when_asked_for_or_named(response: Respond) -> None:
    def hidden(*options: str) -> list[str]:
        shown = response(*options)["sort_options"]
        return [option["sort_by"] for option in shown if option["hidden"]]

    named = hidden("[hidden_sort_options]=margin")
    every = hidden("[show_hidden_sort_options]=true")
    assert (hidden(), named, every) == ([], ["margin"], ["inventory_count", "margin"])


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("default", ["red-38", "green-38", "pink-38"]),
        ("matched", ["red-38", "red-40", "red-42"]),
        (
            "all",
            [f"{color}-{size}" for color in ("red", "green", "pink") for size in (38, 40, 42)],
        ),
    ],
)
def test_variations_return_type_chooses_variations(
    response: Respond, kind: str, names: list[str]
) -> None:
    first = response(f"[variations_return_type]={kind}")["results"][0]
    shown = [variation["data"]["variation_id"] for variation in first["variations"]]
    assert shown == [f"shoe-01-{name}" for name in names]


def depth(groups: list[dict[str, Any]]) -> int:
    return 1 + max((depth(group["children"]) for group in groups), default=0) if groups else 0


@pytest.mark.parametrize(("asked", "levels"), [(0, 1), (1, 2), (2, 3), (9, 4)])
def test_groups_max_depth_bounds_the_tree(response: Respond, asked: int, levels: int) -> None:
    assert depth(response(f"[groups_max_depth]={asked}")["groups"]) == levels


def test_groups_start_at_the_group_that_is_named(response: Respond) -> None:
    (group,) = response("[groups_start]=group_id:shoes")["groups"]
    assert (group["group_id"], [each["group_id"] for each in group["parents"]]) == (
        "shoes",
        ["all", "fashion"],
    )


def test_a_group_that_is_not_there_has_no_tree(response: Respond) -> None:
    assert response("[groups_start]=group_id:boats")["groups"] == []


@pytest.mark.parametrize(
    ("order", "names"), [("ascending", ["fashion", "home"]), ("descending", ["home", "fashion"])]
)
def test_groups_are_sorted_as_asked(response: Respond, order: str, names: list[str]) -> None:
    options = ["[groups_sort_by]=value", f"[groups_sort_order]={order}"]
    (root,) = response(*options)["groups"]
    assert [child["group_id"] for child in root["children"]] == names


def test_groups_come_by_relevance_unless_asked(response: Respond) -> None:
    (root,) = response()["groups"]
    assert root["children"][0]["group_id"] == "fashion"


def test_a_variations_map_sums_up_each_item(search: Search, red_shoe: bytes) -> None:
    wanted = {
        "group_by": [{"name": "color", "field": "data.color"}],
        "values": {
            "price": {"aggregation": "min", "field": "data.price"},
            "sizes": {"aggregation": "all", "field": "data.size"},
        },
        "dtype": "object",
    }
    first = search(red_shoe, f"variations_map={json.dumps(wanted)}")["response"]["results"][0]
    sizes = ["38", "40", "42"]
    assert first["variations_map"] == {
        "red": {"price": 58.95, "sizes": sizes},
        "green": {"price": 58.95, "sizes": sizes},
        "pink": {"price": 53.95, "sizes": sizes},
    }
