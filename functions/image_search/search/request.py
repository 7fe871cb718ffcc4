"""One search as it was asked for: what travels from the entry points through to upstream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from image_search.cache.answer import Answer
from image_search.cache.request_directives import RequestCacheControl
from image_search.deadline import Deadline
from image_search.images.image import Image
from image_search.limits.caller import Caller
from image_search.parameters import query_string
from image_search.parameters.search_parameters import SearchParameters
from image_search.telemetry.measurements import Measurements
from image_search.upstream.end_user import EndUser


def _has_none(_: Answer) -> bool:
    return False


@dataclass(frozen=True)
class SearchRequest:
    """An image by its name, what to do with it, for whom, and by when the answer is due.

    ``caller`` pays for a miss, and is None where the upload form was paid for; ``end_user`` is
    named to upstream.
    ``load`` reads the image itself, which only a miss needs; it may raise a ``RequestError``.
    ``measurements``: collects what happens on the way.
    ``has``: whether the client holds an answer already, so that it need only hear that it is fresh.
    ``image_uri``: where the image should lie in S3, to be searched for again later.
    ``renewable``: whether the image will be had again when its answer nears its end.
    ``plain``: whether the answer will be decompressed, so that one which cannot be is of no use.
    """

    sha256: str
    load: Callable[[], Image]
    parameters: SearchParameters
    end_user: EndUser
    caller: Caller | None
    deadline: Deadline
    cache_control: RequestCacheControl
    measurements: Measurements = field(compare=False)
    has: Callable[[Answer], bool] = field(default=_has_none, compare=False)
    image_uri: str | None = None
    renewable: bool = True
    plain: bool = False

    @cached_property
    def canonical_query(self) -> str:
        """The parameters as one spelling of their meaning, percent-encoded."""
        return query_string.encode(self.parameters.canonical_pairs())
