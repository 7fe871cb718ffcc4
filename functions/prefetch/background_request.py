"""A search that no phone waits for."""

from __future__ import annotations

from collections.abc import Callable

from image_search.cache_control import RequestCacheControl
from image_search.deadline import Deadline
from image_search.images import Image
from image_search.observations import Observations
from image_search.parameters import SearchParameters
from image_search.search_request import SearchRequest
from image_search.shopper import NOBODY


def background_request(
    sha256: str,
    load: Callable[[], Image],
    parameters: SearchParameters,
    deadline: Deadline,
    observations: Observations,
) -> SearchRequest:
    """It is nobody's: the upload form, or the answer that is renewed, was paid for."""
    return SearchRequest(
        sha256=sha256,
        load=load,
        parameters=parameters,
        shopper=NOBODY,
        caller=None,
        deadline=deadline,
        cache_control=RequestCacheControl(),
        observations=observations,
    )
