"""The request for a search that no client waits for."""

from __future__ import annotations

from collections.abc import Callable

from image_search.cache.request_directives import RequestCacheControl
from image_search.deadline import Deadline
from image_search.images.image import Image
from image_search.parameters.search_parameters import SearchParameters
from image_search.search.request import SearchRequest
from image_search.telemetry.measurements import Measurements
from image_search.uploads.tickets import Ticket
from image_search.upstream.end_user import EndUser


def background_request(
    ticket: Ticket,
    load: Callable[[], Image],
    parameters: SearchParameters,
    deadline: Deadline,
    measurements: Measurements,
) -> SearchRequest:
    """In the name of the ticket's end user. It is charged to no caller: the upload form, or the
    renewal, was charged when the ticket was written."""
    return SearchRequest(
        sha256=ticket.sha256,
        load=load,
        parameters=parameters,
        end_user=EndUser.from_request(ticket.ip, ticket.user_agent),
        caller=None,
        deadline=deadline,
        cache_control=RequestCacheControl(),
        measurements=measurements,
    )
