"""The function's environment: that of the API's function but for the bucket."""

from __future__ import annotations

from image_search.settings import Settings


class PrefetchSettings(Settings):
    """Each event names its bucket.

    The bucket names this function, so nothing the function is made of can name the bucket.
    """

    uploads_bucket: str = ""
