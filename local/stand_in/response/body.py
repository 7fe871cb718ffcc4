"""The answer to a search, in upstream's shape."""

import hashlib
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from stand_in.matching.index import Match
from stand_in.matching.search import Findings
from stand_in.request.query import SearchQuery
from stand_in.response.facets import facets_of
from stand_in.response.fields import FieldChoice
from stand_in.response.groups import groups_of
from stand_in.response.merchandising import features, refined_content
from stand_in.response.results import result
from stand_in.response.segments import segment
from stand_in.response.sort_options import sort_options

Json = dict[str, Any]

_PRIVATE = {"key", "c", "i", "s", "ui"}


def response_body(query: SearchQuery, findings: Findings, image_sha256: str, base_url: str) -> Json:
    """The whole body; the same image and parameters give the same one."""
    fields = FieldChoice(query.fmt_options, base_url)
    body: Json = {
        "request": _echo(query),
        "result_id": _result_id(query, image_sha256),
        "response": _response(query, findings.matches, fields),
        "segmentation_used": bool(findings.segments),
        "whole_image_search_fallback": findings.fallback,
    }
    if query.use_segmentation and query.return_segments:
        found = enumerate(findings.segments)
        body["segments"] = [segment(place, each, fields) for place, each in found]
    return body


def _response(query: SearchQuery, matches: tuple[Match, ...], fields: FieldChoice) -> Json:
    products = [match.product for match in matches]
    return {
        "result_sources": {
            "token_match": {"count": 0},
            "embeddings_match": {"count": len(matches)},
        },
        "facets": facets_of(products, query.fmt_options),
        "groups": groups_of(products, query.fmt_options),
        "results": [result(match, query, fields) for match in matches],
        "sort_options": sort_options(query.fmt_options),
        "refined_content": refined_content(query.us),
        "total_num_results": len(matches),
        "features": features(),
        "browse_url": _browse_url(query, matches, fields.base_url),
    }


def _echo(query: SearchQuery) -> Json:
    """What was understood; neither the key nor who asked."""
    understood = query.model_dump(mode="json", by_alias=True, exclude=_PRIVATE, exclude_none=True)
    asked = query.fmt_options.model_dump(mode="json", exclude_unset=True)
    return {**understood, "fmt_options": asked, "sort_by": "relevance", "sort_order": "descending"}


def _result_id(query: SearchQuery, image_sha256: str) -> str:
    asked = query.model_dump_json(exclude={"key", "c"})
    return str(UUID(bytes=hashlib.sha256(f"{image_sha256} {asked}".encode()).digest()[:16]))


def _browse_url(query: SearchQuery, matches: tuple[Match, ...], base_url: str) -> str:
    """The same products as a browse call; it names the index by its key, as upstream's can."""
    pairs = [("key", query.key), ("section", query.section)]
    pairs += [("ids", match.product.id) for match in matches]
    return f"{base_url}/browse/items?{urlencode(pairs)}"
