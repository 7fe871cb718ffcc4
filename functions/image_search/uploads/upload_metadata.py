"""The search that an upload is for, as one line of ASCII in the object's metadata.

It names no end user: what is written here stays readable for as long as the object is kept.
"""

from __future__ import annotations

from collections.abc import Collection

from image_search.errors import InvalidParameters, Problem
from image_search.parameters import query_string
from image_search.parameters.search_parameters import SearchParameters

MAX_LENGTH = 1500
"""S3 takes 2 KB of metadata in all, in ASCII, which a percent-encoded query is."""

# Tells a search without parameters from an upload that starts none.
_START = "?"


def encode(parameters: SearchParameters) -> str | None:
    """The canonical query after a question mark; None for one that is too long to carry."""
    text = _START + query_string.encode(parameters.without_identity().canonical_pairs())
    return text if len(text) <= MAX_LENGTH else None


def parse(text: str, allowed_fmt_options: Collection[str]) -> SearchParameters:
    """The inverse of ``encode``. Raises ``InvalidParameters``: anyone may have written it."""
    if not text.startswith(_START):
        message = "The upload's search should begin with a question mark."
        raise InvalidParameters([Problem("invalid_parameter", message)])
    return SearchParameters.parse(text.removeprefix(_START), allowed_fmt_options)
