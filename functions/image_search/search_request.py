"""One search as it was asked for: what travels from the routes through to upstream."""

from __future__ import annotations

from dataclasses import dataclass

from image_search.deadline import Deadline
from image_search.images import Image
from image_search.parameters import SearchParameters
from image_search.shopper import Shopper


@dataclass(frozen=True)
class SearchRequest:
    """An image, what to do with it, who asks, and by when the answer is due."""

    image: Image
    parameters: SearchParameters
    shopper: Shopper
    deadline: Deadline
