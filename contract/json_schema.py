"""Pydantic models as OpenAPI schemas: the same models that validate, or that tests check."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/{model}"
_NULL = {"type": "null"}
# "Any character" as pydantic's engine spells it, and as the dialect of JSON Schema's patterns does.
_ANY_CHARACTER = re.compile(r"\(\?s:\.(\{[\d,]+\})\)")

# A bound that is checked after a validator of ours is left in pydantic's own words.
_BOUNDS = {"ge": "minimum", "le": "maximum"}


def _one_line(text: str) -> str:
    return " ".join(text.replace("``", "`").split())


def _portable(pattern: str) -> str:
    return _ANY_CHARACTER.sub(r"[\\s\\S]\1", pattern)


_SPELLINGS = {"description": _one_line, "pattern": _portable}


def components(*models: type[BaseModel]) -> dict[str, Schema]:
    """The models and all they are made of, by name."""
    _, schemas = models_json_schema(
        [(model, "validation") for model in models], ref_template=_REFERENCE
    )
    return {name: _plain(schema) for name, schema in schemas["$defs"].items()}


def reference(name: str) -> Schema:
    return {"$ref": _REFERENCE.format(model=name)}


def present(schema: Schema) -> Schema:
    """The schema of a value that is there: None and empty lists are how models say it is not."""
    if schema.get("default", ()) in (None, [], {}):
        schema = {name: value for name, value in schema.items() if name != "default"}
    options = schema.get("anyOf", [])
    if _NULL not in options:
        return schema
    (only,) = (option for option in options if option != _NULL)
    return {**{name: value for name, value in schema.items() if name != "anyOf"}, **only}


def _plain(schema: Any) -> Any:
    """Without the titles that pydantic derives from names, and without private docstrings."""
    if isinstance(schema, list):
        return [_plain(entry) for entry in schema]
    if not isinstance(schema, Mapping):
        return schema
    plain: Schema = {
        _BOUNDS.get(str(name), str(name)): {inner: _plain(value) for inner, value in part.items()}
        if name == "properties"
        else _plain(part)
        for name, part in schema.items()
        if name != "title"
    }
    for name, spell in _SPELLINGS.items():
        if isinstance(plain.get(name), str):
            plain[name] = spell(plain[name])
    return plain
