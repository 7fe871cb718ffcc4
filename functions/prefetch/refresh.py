"""Makes a search again whose answer nears its end, as the API's message asks."""

from __future__ import annotations

from collections.abc import Callable

from image_search.deadline import Deadline
from image_search.errors import ImageNotFound
from image_search.images.image import Image
from image_search.parameters.search_parameters import SearchParameters
from image_search.search.image_search import ImageSearch
from image_search.settings import Settings
from image_search.telemetry.measurements import Measurements
from image_search.uploads.bucket import ImageBucket
from image_search.uploads.tickets import Ticket
from prefetch.background_request import background_request


class Refresh:
    """``bucket_of``: the images of a bucket."""

    def __init__(
        self, search: ImageSearch, bucket_of: Callable[[str], ImageBucket], settings: Settings
    ) -> None:
        self._search = search
        self._bucket_of = bucket_of
        self._settings = settings

    def run(self, ticket: Ticket, deadline: Deadline, measurements: Measurements) -> bool:
        """Whether the answer is renewed; False when another has the lease by now.

        Raises an ``ImageSearchError``: the old answer stays, to be renewed by a later request.
        """
        parameters = SearchParameters.parse(ticket.query, self._settings.allowed_fmt_options)
        request = background_request(
            ticket, lambda: self._load(ticket), parameters, deadline, measurements
        )
        return ticket.lease is not None and self._search.refresh(request, ticket.lease)

    def _load(self, ticket: Ticket) -> Image:
        uri = ticket.s3_uri or ""
        image = self._bucket_of(uri.removeprefix("s3://").partition("/")[0]).read_uri(uri)
        if image.sha256 != ticket.sha256:
            raise ImageNotFound(detail="another image lies there by now")
        return image
