"""`variations_map`: one JSON string that says how an item's variations are summed up."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from stand_in.request.variation_filters import FilterBy, Path, Value

# As upstream's pattern, but without its nested repetition, which can take for ever to fail.
GroupName = Annotated[str, StringConstraints(pattern=r"^\w+( \w+)*$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Grouping(_Part):
    """A field that variations are grouped by, and its name in the answer."""

    name: GroupName
    field: Path


class FieldAggregation(_Part):
    """Sums up the values of one field."""

    aggregation: Literal["first", "all", "distinct", "min", "max", "field_count"]
    field: Path


class CountAggregation(_Part):
    """Counts variations."""

    aggregation: Literal["count"]


class ValueCountAggregation(_Part):
    """Counts the variations that have a certain value."""

    aggregation: Literal["value_count"]
    field: Path
    value: Value


def _kind(value: object) -> str:
    given = value.get("aggregation") if isinstance(value, dict) else None
    name = getattr(value, "aggregation", given)  # a model, when it is written out again
    return name if name in ("count", "value_count") else "field"


Aggregation = Annotated[
    Annotated[FieldAggregation, Tag("field")]
    | Annotated[CountAggregation, Tag("count")]
    | Annotated[ValueCountAggregation, Tag("value_count")],
    Discriminator(_kind),
]


class VariationsMap(_Part):
    """Filter, then group, then sum up; upstream's schema lets unknown members be."""

    filter_by: FilterBy | None = None
    group_by: tuple[Grouping, ...] = Field(default=(), max_length=5)
    values: dict[str, Aggregation]
    dtype: Literal["array", "object"]
