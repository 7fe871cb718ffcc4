"""`segments`: the objects that were found in the picture, and what is nearest to each."""

from typing import Any

from stand_in.catalogue.ranges import RANGES
from stand_in.matching.search import Segment
from stand_in.response.fields import FieldChoice
from stand_in.response.results import best_variation

Json = dict[str, Any]

_CLASSES = [range_.category for range_ in RANGES]


def segment(place: int, found: Segment, fields: FieldChoice) -> Json:
    """One segment; its class is the category of its nearest product."""
    category = found.neighbours[0].product.category
    left, top, right, bottom = found.box
    return {
        "id": place,
        "x1": left,
        "y1": top,
        "x2": right,
        "y2": bottom,
        "class_id": _CLASSES.index(category),
        "class_name": category,
        "confidence": found.confidence,
        "centroid_x": found.interior[0],
        "centroid_y": found.interior[1],
        "neighbours": [
            {
                "id": match.product.id,
                "distance": match.distance,
                "data": fields.item(match.product, best_variation(match)),
            }
            for match in found.neighbours
        ],
    }
