"""`variations_map.filter_by`: which variations are looked at.

The combining filters are written `and`, `or`, `not` by upstream's clients and `and_`, `or_`,
`not_` in its reference: both are understood. Where the reference has a list inside such a list,
the inner one's filters have to hold together.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AliasChoices,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
)

Record = Mapping[str, Any]
Value = bool | int | float | str
Path = Annotated[str, StringConstraints(min_length=1)]
Bound = Literal["inf", "-inf"] | int | float


def look_up(record: Record, path: str) -> Any:
    """The value at a dot-separated path, or None; facets are found by their names."""
    value: Any = record
    for name in path.split("."):
        if isinstance(value, list):
            value = {facet["name"]: facet["values"] for facet in value if "name" in facet}
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


class _Filter(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RangeFilter(_Filter):
    """Holds for numbers within both bounds, bounds included."""

    field: Path
    range: tuple[Bound, Bound]

    def holds(self, record: Record) -> bool:
        """Whether a variation passes."""
        value = look_up(record, self.field)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return float(self.range[0]) <= value <= float(self.range[1])


class SingleFilter(_Filter):
    """Holds for one value, or for a list with that value in it."""

    field: Path
    value: Value

    def holds(self, record: Record) -> bool:
        """Whether a variation passes."""
        value = look_up(record, self.field)
        return self.value in value if isinstance(value, list) else bool(value == self.value)


class AndFilter(_Filter):
    """Holds when all of its members do."""

    members: tuple["Member", ...] = Field(
        validation_alias=AliasChoices("and", "and_"), serialization_alias="and"
    )

    def holds(self, record: Record) -> bool:
        """Whether a variation passes."""
        return all(_holds(member, record) for member in self.members)


class OrFilter(_Filter):
    """Holds when any of its members does."""

    members: tuple["Member", ...] = Field(
        validation_alias=AliasChoices("or", "or_"), serialization_alias="or"
    )

    def holds(self, record: Record) -> bool:
        """Whether a variation passes."""
        return any(_holds(member, record) for member in self.members)


class NotFilter(_Filter):
    """Holds when its member does not."""

    member: "FilterBy" = Field(
        validation_alias=AliasChoices("not", "not_"), serialization_alias="not"
    )

    def holds(self, record: Record) -> bool:
        """Whether a variation passes."""
        return not self.member.holds(record)


_KINDS: dict[type[_Filter], str] = {
    RangeFilter: "range",
    AndFilter: "and",
    OrFilter: "or",
    NotFilter: "not",
}


def _kind(value: Any) -> str:
    if isinstance(value, _Filter):
        return _KINDS.get(type(value), "single")
    names = set(value) if isinstance(value, Mapping) else set()
    for kind in _KINDS.values():
        if kind in names or f"{kind}_" in names:
            return kind
    return "single"


FilterBy = Annotated[
    Annotated[RangeFilter, Tag("range")]
    | Annotated[SingleFilter, Tag("single")]
    | Annotated[AndFilter, Tag("and")]
    | Annotated[OrFilter, Tag("or")]
    | Annotated[NotFilter, Tag("not")],
    Discriminator(_kind),
]
Member = FilterBy | tuple[FilterBy, ...]


def _holds(member: Member, record: Record) -> bool:
    if isinstance(member, tuple):
        return all(inner.holds(record) for inner in member)
    return member.holds(record)


for _model in (AndFilter, OrFilter, NotFilter):
    _model.model_rebuild()
