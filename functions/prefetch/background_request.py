"""The request for a search that no client waits for."""

from __future__ import annotations

from collections.abc import Callable

from image_search.cache.request_directives import RequestCacheControl
from image_search.deadline import Deadline
from image_search.images.image import Image
from image_search.parameters.search_parameters import SearchParameters
from image_search.search.request import SearchRequest
from image_search.telemetry.measurements import Measurements
from image_search.upstream.end_user import NO_END_USER


def background_request(
    sha256: str,
    load: Callable[[], Image],
    parameters: SearchParameters,
    deadline: Deadline,
    measurements: Measurements,
) -> SearchRequest:
    """It is charged to no caller: the upload form, or the answer that is renewed, was paid for."""
    return SearchRequest(
        sha256=sha256,
        load=load,
        parameters=parameters,
        end_user=NO_END_USER,
        caller=None,
        deadline=deadline,
        cache_control=RequestCacheControl(),
        measurements=measurements,
    )
