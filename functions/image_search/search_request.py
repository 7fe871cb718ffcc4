"""One search as it was asked for: what travels from the routes through to upstream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from image_search import query
from image_search.cache_control import RequestCacheControl
from image_search.caller import Caller
from image_search.deadline import Deadline
from image_search.images import Image
from image_search.observations import Observations
from image_search.parameters import SearchParameters
from image_search.shopper import Shopper


@dataclass(frozen=True)
class SearchRequest:
    """An image by its name, what to do with it, who asks, and by when the answer is due.

    ``caller`` pays for a miss, and is None where the upload form was paid for; ``shopper`` is
    whom the vendor is told of.
    ``load`` reads the image itself, which only a miss needs; it may raise a ``RequestError``.
    ``observations``: collects what happens on the way.
    ``image_uri``: where the image should lie in S3, for whoever searches again later.
    """

    sha256: str
    load: Callable[[], Image]
    parameters: SearchParameters
    shopper: Shopper
    caller: Caller | None
    deadline: Deadline
    cache_control: RequestCacheControl
    observations: Observations = field(compare=False)
    image_uri: str | None = None

    @cached_property
    def canonical_query(self) -> str:
        """The parameters as one spelling of their meaning, percent-encoded."""
        return query.encode(self.parameters.canonical_pairs())
