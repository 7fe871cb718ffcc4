"""Query strings as upstream writes them: ordered, repeatable, deepObject names.

``fmt_options[facet_options][color]=red`` is the path ``("fmt_options", "facet_options", "color")``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, quote, urlencode

from image_search.bounded_json import check_unicode
from image_search.errors import InvalidParameters, Problem

Pairs = tuple[tuple[str, str], ...]
Path = tuple[str, ...]

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]+\])*(?:\[\])?)")
_SUBSCRIPT = re.compile(r"\[([^\[\]]*)\]")


def parse(raw_query: str) -> Pairs:
    """Names and values in the order sent. ``+`` is a space and ``%2B`` a plus (WHATWG URL §5).

    Raises ``InvalidParameters`` when the text or its percent-encoding is not UTF-8.
    """
    try:
        check_unicode(raw_query)
        return tuple(parse_qsl(raw_query, keep_blank_values=True, errors="strict"))
    except ValueError:
        message = "The query string is not percent-encoded UTF-8."
        raise InvalidParameters([Problem("invalid_parameter", message)]) from None


def encode(pairs: Iterable[tuple[str, str]]) -> str:
    """The inverse of ``parse``; spaces become ``%20`` and pluses ``%2B``."""
    return urlencode(list(pairs), quote_via=quote, safe="")


def path_of(name: str) -> Path | None:
    """The steps of a deepObject name, or None when its brackets do not pair up or are empty.

    The last may be empty, as many clients write a list: ``us[]=a``.
    """
    match = _NAME.fullmatch(name)
    return match and (match[1], *_SUBSCRIPT.findall(match[2]))


def name_of(path: Path) -> str:
    """The inverse of ``path_of``."""
    first, *rest = path
    return first + "".join(f"[{step}]" for step in rest)
