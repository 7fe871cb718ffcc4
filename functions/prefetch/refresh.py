"""Makes a search again whose answer nears its end, as the API has ordered it with its answer."""

from __future__ import annotations

from collections.abc import Callable

from image_search.deadline import Deadline
from image_search.errors import ImageNotFound
from image_search.images import Image
from image_search.object_store import ObjectStore
from image_search.observations import Observations
from image_search.parameters import SearchParameters
from image_search.refresh_order import RefreshOrder
from image_search.search import ImageSearch
from image_search.settings import Settings
from prefetch.background_request import background_request


class Refresh:
    """``store_of``: the images of a bucket."""

    def __init__(
        self, search: ImageSearch, store_of: Callable[[str], ObjectStore], settings: Settings
    ) -> None:
        self._search = search
        self._store_of = store_of
        self._settings = settings

    def run(self, order: RefreshOrder, deadline: Deadline, seen: Observations) -> bool:
        """Whether the answer is renewed; False when another has the lease by now.

        Raises an ``ImageSearchError``: the old answer is still there, and so is who asks next.
        """
        parameters = SearchParameters.parse(order.query, self._settings.allowed_fmt_options)
        request = background_request(
            order.sha256, lambda: self._load(order), parameters, deadline, seen
        )
        return self._search.refresh(request, order.token)

    def _load(self, order: RefreshOrder) -> Image:
        bucket = order.s3_uri.removeprefix("s3://").partition("/")[0]
        image = self._store_of(bucket).read_uri(order.s3_uri)
        if image.sha256 != order.sha256:
            raise ImageNotFound(detail="another image lies there by now")
        return image
