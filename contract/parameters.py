"""The parameters of every route; their limits are those of the models that check them."""

from __future__ import annotations

from typing import Any

from contract.json_schema import Schema, components, present, reference
from image_search.bounded_json import MAX_DEPTH
from image_search.images.sha256 import EITHER_CASE
from image_search.parameters.fmt_options import LARGEST_INTEGER
from image_search.parameters.search_parameters import (
    DROPPED,
    DROPPED_PREFIX,
    SearchParameters,
)
from image_search.settings import PRIVILEGED_FMT_OPTIONS

Parameter = dict[str, Any]

_BRACKETLESS = r"^[^\[\]]+$"
_PRIVILEGED = " Only where the deployment allows it: 403 `parameter_not_allowed`."

_ABOUT = {
    "section": "The section of the catalogue to search.",
    "search_crop_type": "How found objects are cut out: by their box, or along their outline. "
    "Matters with `use_segmentation` alone.",
    "use_segmentation": "Finds the objects in the image and searches for each.",
    "return_segments": "Lists the objects with their boxes. Matters with `use_segmentation` alone.",
    "variations_map": "How each product's variations are filtered, grouped and aggregated: JSON "
    f"text, nested at most {MAX_DEPTH} levels deep.",
    "us": "A segment the end user belongs to; repeat it for more. Lists may also be written as "
    "`us[]=a` and `us[0]=a`.",
    "i": "The end user's device.",
    "s": "The number of the end user's session, from 1.",
    "ui": "The end user's own, pseudonymous id.",
    "site": "Which of the deployment's indexes to search; its own one without it. Not upstream's "
    "parameter: it goes no further.",
}
_ABOUT_FMT_OPTIONS = {
    "fields": "A metadata field that results should carry; repeat it for more.",
    "show_hidden_fields": "Shows metadata fields that the catalogue hides.",
    "hidden_fields": "A hidden metadata field to show; repeat it for more.",
    "variations_return_type": "Which variations of a product are listed.",
    "groups_max_depth": "How deep the tree of groups may be.",
    "groups_start": "Where the tree of groups starts: `current`, `top` or `group_id:<id>`.",
    "groups_sort_by": "By what groups are sorted.",
    "groups_sort_order": "In which direction groups are sorted.",
    "show_hidden_facets": "Shows facets that the catalogue hides.",
    "hidden_facets": "A hidden facet to show; repeat it for more.",
    "show_hidden_facet_options": "Shows facet options that the catalogue hides.",
    "show_protected_facets": "Shows facets that the catalogue protects.",
    "facet_options": "Facet options to show, by facet: `fmt_options[facet_options][color]=red`; "
    "repeat it for more.",
    "facet_groups_limit": "How many groups a facet may list.",
    "show_hidden_sort_options": "Shows sort options that the catalogue hides.",
    "hidden_sort_options": "A hidden sort option to show; repeat it for more.",
}
_ABOUT_DROPPED = {
    "key": "Accepted and ignored: the proxy has its own.",
    "c": "Accepted and ignored: the proxy names itself.",
    "_dt": "Accepted and ignored: the proxy's cache is meant. So is each name that begins with "
    f"`{DROPPED_PREFIX}`, for upstream's own experiments.",
    "_": "Accepted and ignored, as `_dt`: jQuery's.",
}
_EXAMPLES: dict[str, Any] = {
    "variations_map": '{"dtype":"array","values":{"price":{"aggregation":"min",'
    '"field":"data.price"}},"group_by":[{"name":"color","field":"data.color"}]}',
    "us": ["vip"],
    "fields": ["color"],
    "facet_options": {"color": ["red", "blue"]},
}
_SHA256: Parameter = {
    "name": "sha256",
    "in": "path",
    "required": True,
    "description": "The SHA-256 of the image file as it is: hexadecimal. In upper case, it is "
    "answered with a `Content-Location` that has it in lower case.",
    "schema": {"type": "string", "pattern": EITHER_CASE},
    "example": "0" * 64,
}
_CACHE_CONTROL: Parameter = {
    "name": "Cache-Control",
    "in": "header",
    "description": "`only-if-cached`: a stored answer or 504 `not_cached`. `max-age=<seconds>`: no "
    "answer older than this. `no-cache` and `no-store` search anew where the deployment allows it, "
    "and have no effect elsewhere.",
    "schema": {"type": "string"},
    "example": "max-age=600",
}
_IF_NONE_MATCH: Parameter = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of an answer the client has: 304 if it is still the one.",
    "schema": {"type": "string"},
    "example": f'"{"0" * 32}"',
}


def by_component() -> dict[str, Parameter]:
    """All of them, by the names that the routes refer to."""
    parameters = [*_search_parameters(), _SHA256, _CACHE_CONTROL, _IF_NONE_MATCH]
    return {_component(parameter): parameter for parameter in parameters}


def of_search_by_image() -> list[Parameter]:
    return _references([*_search_parameters(), _CACHE_CONTROL])


def of_search_by_hash() -> list[Parameter]:
    return _references([_SHA256, *_search_parameters(), _CACHE_CONTROL, _IF_NONE_MATCH])


def of_create_upload() -> list[Parameter]:
    """Those of the search that the upload is for."""
    return _references(_search_parameters())


def _references(parameters: list[Parameter]) -> list[Parameter]:
    return [{"$ref": f"#/components/parameters/{_component(one)}"} for one in parameters]


def _component(parameter: Parameter) -> str:
    """``fmt_options[fields]`` has a component named ``fmt_options.fields``."""
    return str(parameter["name"]).replace("[", ".").replace("]", "")


def _search_parameters() -> list[Parameter]:
    schemas = components(SearchParameters)
    fmt_options = schemas["FmtOptions"]["properties"]
    return [
        *(
            _query(name, schema, _ABOUT[name], name)
            for name, schema in schemas["SearchParameters"]["properties"].items()
            if name != "fmt_options"
        ),
        *(
            _query(f"fmt_options[{name}]", schema, _about_fmt_option(name), name)
            for name, schema in fmt_options.items()
        ),
        *(
            {**_query(name, {"type": "string"}, _ABOUT_DROPPED[name], name), "deprecated": True}
            for name in sorted(DROPPED)
        ),
    ]


def _about_fmt_option(name: str) -> str:
    return _ABOUT_FMT_OPTIONS[name] + (_PRIVILEGED if name in PRIVILEGED_FMT_OPTIONS else "")


def _query(name: str, schema: Schema, about: str, field: str) -> Parameter:
    schema = _value(field, schema)
    parameter: Parameter = {"name": name, "in": "query", "description": about, "schema": schema}
    if field in _EXAMPLES:
        parameter["example"] = _EXAMPLES[field]
    if schema.get("type") == "array":
        return {**parameter, "style": "form", "explode": True}
    if schema.get("type") == "object":
        return {**parameter, "style": "deepObject", "explode": True}
    return parameter


def _value(field: str, schema: Schema) -> Schema:
    """What the models check in code rather than in their schemas is added here."""
    schema = present(schema)
    if field == "variations_map":
        json_text = {"contentMediaType": "application/json"}
        return {**schema, **json_text, "contentSchema": reference("VariationsMap")}
    if field == "facet_options":
        return {**schema, "propertyNames": {"pattern": _BRACKETLESS}}
    if schema.get("type") == "integer":
        return {"minimum": -LARGEST_INTEGER, **schema, "maximum": LARGEST_INTEGER}
    return schema
