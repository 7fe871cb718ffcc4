"""What a search answers, as far as apps can rely on it; every object may carry more members.

The body is upstream's own. These models describe it and validate nothing on a request's way, so
that a member upstream adds tomorrow reaches the app.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

Pixel = Annotated[int, Field(description="In pixels of the image that was sent.")]
Count = Annotated[int, Field(ge=0)]


class _Open(BaseModel):
    model_config = ConfigDict(extra="allow")


class Neighbour(_Open):
    """A product that looks like what a segment shows."""

    id: str
    distance: Annotated[float, Field(description="The smaller, the more alike.")]
    data: dict[str, Any] = Field(default={}, description="The product's metadata.")


class Segment(_Open):
    """One object found in the image, and the products that look like it."""

    id: int
    x1: Pixel
    y1: Pixel
    x2: Pixel
    y2: Pixel
    class_id: int
    class_name: Annotated[str, Field(description="What kind of thing it is.")]
    confidence: Annotated[float, Field(description="How sure the detection is.")]
    centroid_x: Annotated[
        int, Field(description="With centroid_y, a point on the object: put a marker there.")
    ]
    centroid_y: Pixel
    neighbours: list[Neighbour]


class ResultData(_Open):
    """A product's metadata; `fmt_options[fields]` asks for more of it."""

    id: str = Field(default="", description="The product's id in the catalogue.")
    url: str = Field(default="", description="The product's page.")
    image_url: str = Field(default="", description="The product's picture.")
    variation_id: str = Field(default="", description="The variation that matched best.")
    facets: list[dict[str, Any]] = []
    groups: list[dict[str, Any]] = []


class Variation(_Open):
    """A variation of a product, such as another colour."""

    value: Annotated[str, Field(description="The variation's name.")]
    data: ResultData


class Result(_Open):
    """A product that was found."""

    value: Annotated[str, Field(description="The product's name.")]
    matched_terms: list[str]
    data: ResultData
    variations: list[Variation] = []
    variations_map: dict[str, Any] | list[Any] = Field(
        default={}, description="What the request's variations_map asked for, in its dtype."
    )


class Response(_Open):
    """The products that were found, best first, and how they can be narrowed down."""

    results: list[Result]
    total_num_results: Count
    facets: list[dict[str, Any]]
    groups: list[dict[str, Any]]
    sort_options: list[dict[str, Any]]
    refined_content: list[dict[str, Any]]
    features: list[dict[str, Any]]
    result_sources: dict[str, Any]


class SearchAnswer(_Open):
    """The answer to a search."""

    request: Annotated[
        dict[str, Any], Field(description="What was understood of the request; for debugging.")
    ]
    response: Response
    result_id: str = Field(
        default="",
        description="Ties later clicks to a search; a cached answer carries its first asker's.",
    )
    segmentation_used: Annotated[
        bool, Field(description="Whether objects were found and searched for one by one.")
    ]
    whole_image_search_fallback: Annotated[
        bool, Field(description="True marks an answer that had to do without segmentation.")
    ]
    segments: list[Segment] = Field(default=[], description="Present with return_segments=true.")


EXAMPLE: dict[str, Any] = {
    "request": {"section": "Products", "use_segmentation": True, "return_segments": True},
    "response": {
        "results": [
            {
                "value": "Canvas sneaker",
                "matched_terms": [],
                "data": {
                    "id": "sneaker-1",
                    "url": "https://shop.example/p/sneaker-1",
                    "image_url": "https://shop.example/p/sneaker-1.jpg",
                },
            }
        ],
        "total_num_results": 1,
        "facets": [],
        "groups": [],
        "sort_options": [],
        "refined_content": [],
        "features": [],
        "result_sources": {"token_match": {"count": 0}, "embeddings_match": {"count": 1}},
    },
    "result_id": "0f9fb1f6-8d2c-4f52-9c5b-1c1f6c2f1b7e",
    "segmentation_used": True,
    "whole_image_search_fallback": False,
    "segments": [
        {
            "id": 0,
            "x1": 34,
            "y1": 60,
            "x2": 410,
            "y2": 388,
            "class_id": 12,
            "class_name": "shoe",
            "confidence": 0.97,
            "centroid_x": 222,
            "centroid_y": 231,
            "neighbours": [{"id": "sneaker-1", "distance": 0.08}],
        }
    ],
}
