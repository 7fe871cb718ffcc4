"""The ``variations_map`` parameter: one JSON text that says how variations are rolled up.

Sent on as the client wrote it; what this module adds is the check against upstream's schema and
the canonical spelling that the cache key needs. Operators are taken both as upstream's clients
send them (``and``, ``or``, ``not``) and as its OpenAPI document spells them (``and_`` and so on).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    ValidationError,
)
from pydantic_core import from_json

from image_search import bounded_json

FieldPath = Annotated[str, Field(min_length=1, strict=True)]
Number = (
    Annotated[int, Field(strict=True)] | Annotated[float, Field(strict=True, allow_inf_nan=False)]
)
Bound = Literal["inf", "-inf"] | Number
Scalar = Annotated[bool, Field(strict=True)] | Number | Annotated[str, Field(strict=True)]


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class _Open(BaseModel):
    """Upstream's schema lets these carry further members, which go on unread."""

    model_config = ConfigDict(frozen=True, extra="allow", defer_build=True)


class RangeFilter(_Closed):
    """Keeps variations whose ``field`` lies within ``[min, max]``, both inclusive."""

    field: FieldPath
    range: tuple[Bound, Bound]


class ValueFilter(_Closed):
    """Keeps variations whose ``field`` equals ``value``."""

    field: FieldPath
    value: Scalar


class AllOf(_Closed):
    """Keeps variations that every operand keeps."""

    operands: tuple[Operand, ...] = Field(validation_alias=AliasChoices("and", "and_"))


class AnyOf(_Closed):
    """Keeps variations that at least one operand keeps."""

    operands: tuple[Operand, ...] = Field(validation_alias=AliasChoices("or", "or_"))


class NoneOf(_Closed):
    """Keeps variations that the operand does not."""

    operand: Filter = Field(validation_alias=AliasChoices("not", "not_"))


_OPERATORS = {
    "and": "all of",
    "and_": "all of",
    "or": "any of",
    "or_": "any of",
    "not": "none of",
    "not_": "none of",
}


def _kind(value: Any) -> str:
    """Names with a blank: pydantic puts them into error paths, where no member must equal them."""
    members = value if isinstance(value, Mapping) else {}
    operators = (_OPERATORS[name] for name in members if name in _OPERATORS)
    return next(operators, "range of" if "range" in members else "value of")


Filter = Annotated[
    Annotated[RangeFilter, Tag("range of")]
    | Annotated[ValueFilter, Tag("value of")]
    | Annotated[AllOf, Tag("all of")]
    | Annotated[AnyOf, Tag("any of")]
    | Annotated[NoneOf, Tag("none of")],
    Discriminator(_kind),
]
# Upstream's document nests lists of filters where its clients nest filters; both are taken.
Operand = Annotated[
    Annotated[Filter, Tag("filter")] | Annotated[tuple[Filter, ...], Tag("list of")],
    Discriminator(lambda value: "list of" if isinstance(value, (list, tuple)) else "filter"),
]


class Grouping(_Open):
    """Variations that agree on every grouping's ``field`` fall into one group."""

    # Upstream's pattern, rewritten so that no engine needs to backtrack.
    name: Annotated[str, Field(pattern=r"^\w+( \w+)*$", strict=True)]
    field: FieldPath


class FieldAggregation(_Open):
    aggregation: Literal["first", "all", "distinct", "min", "max", "field_count"]
    field: FieldPath


class CountAggregation(_Open):
    aggregation: Literal["count"]


class ValueCountAggregation(_Open):
    aggregation: Literal["value_count"]
    field: FieldPath
    value: Scalar


Aggregation = Annotated[
    FieldAggregation | CountAggregation | ValueCountAggregation,
    Field(discriminator="aggregation"),
]


class VariationsMap(_Open):
    """How each product's variations are filtered, grouped and aggregated in the answer."""

    filter_by: Filter | None = None
    group_by: Annotated[tuple[Grouping, ...], Field(max_length=5)] = ()
    values: dict[str, Aggregation]
    dtype: Literal["array", "object"]


def parse(text: str) -> Any:
    """JSON text to plain values, refusing what two parsers could read differently.

    Raises ``ValueError`` for anything but one JSON text with unique member names, Unicode text and
    numbers within the limits of ``bounded_json``.
    """
    bounded_json.check_unicode(text)
    bounded_json.check_depth(text)
    try:
        # For its messages, which no version of Python words anew, and against half characters
        # ("\\ud800"), which no URL can carry.
        from_json(text)
    except ValueError as error:
        raise ValueError(f"Value should be JSON ({error})") from None
    return bounded_json.read(text, _unique_members)


def check_variations_map(text: str) -> str:
    """The text itself, once it is known to spell a ``VariationsMap``.

    Raises ``ValueError`` naming the member that breaks the schema.
    """
    value = parse(text)
    try:
        VariationsMap.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = _place(value, first["loc"], missing=first["type"] == "missing")
        raise ValueError(f"{place}: {first['msg']}" if place else first["msg"]) from None
    return text


def canonical_json(text: str) -> str:
    """One spelling for all texts that mean the same: members sorted, no white space."""
    return json.dumps(parse(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _place(value: Any, steps: tuple[int | str, ...], *, missing: bool) -> str:
    """Where an error lies, in the client's own terms: pydantic mixes the names of types in."""
    place: list[str] = []
    for step in steps:
        try:
            value = value[step]
        except (LookupError, TypeError):
            continue
        place.append(str(step))
    return ".".join([*place, str(steps[-1])] if missing else place)


def _unique_members(members: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(members)
    if len(unique) < len(members):
        raise ValueError("Value should not name a member twice")
    return unique
