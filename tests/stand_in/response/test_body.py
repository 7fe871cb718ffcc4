"""The answer's shape, member by member, for every combination of the boolean parameters."""

import itertools
import json
from collections.abc import Callable
from typing import Any, Literal

import httpx
import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Search = Callable[..., dict[str, Any]]


class Shape(BaseModel):
    """What is not named is not there; numbers are not strings."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Count(Shape):
    count: int = Field(ge=0)


class ResultSources(Shape):
    token_match: Count
    embeddings_match: Count


class Option(Shape):
    display_name: str
    status: Literal["selected", ""]
    value: str
    count: int = Field(ge=0)
    data: dict[str, Any]


class NestedOption(Option):
    options: list["NestedOption"]


class Facet(Shape):
    name: str
    display_name: str
    hidden: bool
    data: dict[str, Any]


class OptionFacet(Facet):
    type: Literal["single", "multiple"]
    options: list[Option]


class HierarchicalFacet(Facet):
    type: Literal["hierarchical"]
    options: list[NestedOption]


class RangeFacet(Facet):
    type: Literal["range"]
    min: float
    max: float


class Parent(Shape):
    group_id: str
    display_name: str


class Group(Parent):
    count: int = Field(ge=0)
    data: dict[str, Any]
    children: list["Group"]
    parents: list[Parent]


class ItemFacet(Shape):
    name: str
    values: list[str | float]


class PathGroup(Shape):
    id: str
    display_name: str


class ItemGroup(Parent):
    path: str
    path_list: list[PathGroup]


class ItemData(BaseModel):
    id: str
    url: str
    image_url: str
    variation_id: str
    facets: list[ItemFacet]
    groups: list[ItemGroup]
    price: float
    brand: str
    color: str


class Variation(Shape):
    value: str
    data: dict[str, Any]


class Result(Shape):
    value: str
    matched_terms: list[str]
    data: ItemData
    variations: list[Variation] = Field(max_length=50)


class SortOption(Shape):
    display_name: str
    status: Literal["selected", ""]
    sort_by: str
    sort_order: Literal["ascending", "descending"]
    hidden: bool


class Feature(Shape):
    feature_name: str
    display_name: str
    enabled: bool


class Response(Shape):
    result_sources: ResultSources
    facets: list[OptionFacet | HierarchicalFacet | RangeFacet]
    groups: list[Group]
    results: list[Result]
    sort_options: list[SortOption]
    refined_content: list[dict[str, dict[str, Any]]]
    total_num_results: int = Field(ge=0)
    features: list[Feature]
    browse_url: str


class Neighbour(Shape):
    id: str
    distance: float
    data: ItemData


class Segment(Shape):
    id: int
    x1: int
    y1: int
    x2: int
    y2: int
    class_id: int
    class_name: str
    confidence: float = Field(ge=0, le=1)
    centroid_x: int
    centroid_y: int
    neighbours: list[Neighbour]


class Whole(Shape):
    request: dict[str, Any]
    result_id: str
    response: Response
    segmentation_used: bool
    whole_image_search_fallback: bool


class WholeWithSegments(Whole):
    segments: list[Segment]


FLAGS = ("use_segmentation", "return_segments", "fmt_options[show_hidden_fields]",
         "fmt_options[show_hidden_facets]", "fmt_options[show_hidden_facet_options]",
         "fmt_options[show_hidden_sort_options]")  # fmt: skip
COMBINATIONS = list(itertools.product(("false", "true"), repeat=len(FLAGS)))


@pytest.mark.parametrize("picture", ["two_things", "blank"])
def test_the_shape_holds_for_every_combination_of_flags(
    search: Search, picture: str, request: pytest.FixtureRequest
) -> None:
    image = request.getfixturevalue(picture)
    for values in COMBINATIONS:
        pairs = zip(FLAGS, values, strict=True)
        body = search(image, "&".join(f"{name}={value}" for name, value in pairs))
        wanted = WholeWithSegments if values[:2] == ("true", "true") else Whole
        TypeAdapter(wanted).validate_python(body)


def test_the_echo_says_what_was_understood_but_not_who_asked(search: Search, blank: bytes) -> None:
    query = "c=cio&i=device&s=2&ui=user&us=vip&section=Products&fmt_options[fields]=price"
    assert search(blank, query)["request"] == {
        "section": "Products",
        "search_crop_type": "bbox",
        "fmt_options": {"fields": ["price"]},
        "us": ["vip"],
        "use_segmentation": False,
        "return_segments": False,
        "sort_by": "relevance",
        "sort_order": "descending",
    }


def test_the_echo_repeats_a_variations_map(search: Search, blank: bytes) -> None:
    wanted = {
        "filter_by": {
            "and": [
                {"not": {"field": "data.size", "value": "S"}},
                {"or": [{"field": "data.price", "range": [1, "inf"]}]},
            ]
        },
        "group_by": [{"name": "color", "field": "data.color"}],
        "values": {
            "n": {"aggregation": "count"},
            "red": {"aggregation": "value_count", "field": "data.color", "value": "red"},
            "price": {"aggregation": "min", "field": "data.price"},
        },
        "dtype": "array",
    }
    body = search(blank, f"variations_map={json.dumps(wanted)}")
    assert body["request"]["variations_map"] == wanted


def test_the_browse_url_carries_the_key(search: Search, blank: bytes) -> None:
    assert "?key=index&section=Products&ids=" in search(blank)["response"]["browse_url"]


def test_the_same_request_has_the_same_answer(search: Search, two_things: bytes) -> None:
    query = "use_segmentation=true&return_segments=true"
    assert search(two_things, query) == search(two_things, query)


def test_the_result_id_follows_image_and_parameters(
    search: Search, blank: bytes, red_shoe: bytes
) -> None:
    answers = [search(blank), search(red_shoe), search(blank, "us=vip"), search(blank, "_dt=1")]
    ids = [answer["result_id"] for answer in answers]
    assert (len(set(ids)), ids[3]) == (3, ids[0])


def test_another_section_is_empty(search: Search, blank: bytes) -> None:
    response = search(blank, "section=Articles")["response"]
    assert (response["results"], response["total_num_results"]) == ([], 0)


def test_segments_of_end_users_have_content_of_their_own(search: Search, blank: bytes) -> None:
    plain, vip = search(blank), search(blank, "us=vip&us=other")
    assert (plain["response"]["refined_content"], vip["response"]["refined_content"]) == (
        [],
        [{"data": {"headline": "Early access for members", "badge": "VIP"}}],
    )


def test_pictures_are_served_where_results_say(
    client: httpx.Client, search: Search, red_shoe: bytes
) -> None:
    url = search(red_shoe)["response"]["results"][0]["data"]["image_url"]
    answer = client.get(url)
    assert url == "http://stand-in.test/catalogue/shoe-01-red.png"
    assert (answer.status_code, answer.content[:8]) == (200, b"\x89PNG\r\n\x1a\n")
