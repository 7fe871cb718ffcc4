"""Makes a search again whose answer nears its end, as the API's message asks."""

from __future__ import annotations

from collections.abc import Callable

from image_search.deadline import Deadline
from image_search.errors import ImageNotFound
from image_search.images.image import Image
from image_search.parameters.search_parameters import SearchParameters
from image_search.search.image_search import ImageSearch
from image_search.search.refresh_message import RefreshMessage
from image_search.settings import Settings
from image_search.telemetry.measurements import Measurements
from image_search.uploads.bucket import ImageBucket
from prefetch.background_request import background_request


class Refresh:
    """``bucket_of``: the images of a bucket."""

    def __init__(
        self, search: ImageSearch, bucket_of: Callable[[str], ImageBucket], settings: Settings
    ) -> None:
        self._search = search
        self._bucket_of = bucket_of
        self._settings = settings

    def run(self, message: RefreshMessage, deadline: Deadline, measurements: Measurements) -> bool:
        """Whether the answer is renewed; False when another has the lease by now.

        Raises an ``ImageSearchError``: the old answer stays, to be renewed by a later request.
        """
        parameters = SearchParameters.parse(message.query, self._settings.allowed_fmt_options)
        request = background_request(
            message.sha256, lambda: self._load(message), parameters, deadline, measurements
        )
        return self._search.refresh(request, message.token)

    def _load(self, message: RefreshMessage) -> Image:
        bucket = message.s3_uri.removeprefix("s3://").partition("/")[0]
        image = self._bucket_of(bucket).read_uri(message.s3_uri)
        if image.sha256 != message.sha256:
            raise ImageNotFound(detail="another image lies there by now")
        return image
