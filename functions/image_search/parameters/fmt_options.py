"""The ``fmt_options`` parameter: which parts of the answer are shown, and how."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

INTEGER_DIGITS = 18
LARGEST_INTEGER = 10**INTEGER_DIGITS - 1


def boolean(value: object) -> object:
    """``true`` and ``false`` are upstream's only spellings."""
    if value not in ("true", "false"):
        raise ValueError("Value should be true or false")
    return value == "true"


def integer(value: object) -> object:
    """Decimal digits with an optional sign; no blanks, points or underscores."""
    text = str(value)
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= INTEGER_DIGITS):
        raise ValueError(f"Value should be an integer of at most {INTEGER_DIGITS} digits")
    return int(text)


Flag = Annotated[bool, BeforeValidator(boolean)]
Integer = Annotated[int, BeforeValidator(integer)]
FieldName = Annotated[str, StringConstraints(min_length=1, max_length=300)]
FacetName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
FacetOptions = Annotated[tuple[FacetName, ...], Field(max_length=15)]


class FmtOptions(BaseModel):
    """Limits as in upstream's reference. Lists are sets: their order means nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: Annotated[tuple[FieldName, ...], Field(max_length=20)] = ()
    show_hidden_fields: Flag = False
    hidden_fields: Annotated[tuple[FieldName, ...], Field(max_length=30)] = ()
    variations_return_type: Literal["default", "all", "matched"] | None = None
    groups_max_depth: Integer = 1
    groups_start: Annotated[str, Field(pattern=r"^(current|top|group_id:.+)$")] = "current"
    groups_sort_by: Literal["relevance", "value", "num_matches"] | None = None
    groups_sort_order: Literal["ascending", "descending"] | None = None
    show_hidden_facets: Flag = False
    hidden_facets: Annotated[tuple[FacetName, ...], Field(max_length=50)] = ()
    show_hidden_facet_options: Flag | None = None
    show_protected_facets: Flag = False
    facet_options: Annotated[dict[str, FacetOptions], Field(max_length=5)] = {}
    facet_groups_limit: Annotated[Integer, Field(ge=0)] | None = None
    show_hidden_sort_options: Flag | None = None
    hidden_sort_options: Annotated[tuple[FacetName, ...], Field(max_length=25)] = ()
