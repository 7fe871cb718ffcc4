"""`fmt_options`: what of an answer is returned, with upstream's limits."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from stand_in.request.query_types import Last, QueryBool, QueryInt

FieldName = Annotated[str, StringConstraints(min_length=1, max_length=300)]
FacetName = Annotated[str, StringConstraints(min_length=1, max_length=100)]
OptionNames = Annotated[tuple[FacetName, ...], Field(max_length=15)]
VariationsReturnType = Literal["default", "all", "matched"]
SortBy = Literal["relevance", "value", "num_matches"]
SortOrder = Literal["ascending", "descending"]
GroupsStart = Annotated[str, StringConstraints(pattern=r"^(current|top|group_id:.+)$")]


class FmtOptions(BaseModel):
    """One field for each option; an option that is not named here is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: tuple[FieldName, ...] = Field(default=(), max_length=20)
    show_hidden_fields: QueryBool = False
    hidden_fields: tuple[FieldName, ...] = Field(default=(), max_length=30)
    variations_return_type: Annotated[VariationsReturnType, Last] = "default"
    groups_max_depth: QueryInt = 1
    groups_start: Annotated[GroupsStart, Last] = "current"
    groups_sort_by: Annotated[SortBy, Last] = "relevance"
    groups_sort_order: Annotated[SortOrder, Last] = "descending"
    show_hidden_facets: QueryBool = False
    hidden_facets: tuple[FacetName, ...] = Field(default=(), max_length=50)
    show_hidden_facet_options: QueryBool = False
    show_protected_facets: QueryBool = False
    facet_options: dict[str, OptionNames] = Field(default={}, max_length=5)
    facet_groups_limit: Annotated[QueryInt, Field(ge=0)] | None = None
    show_hidden_sort_options: QueryBool = False
    hidden_sort_options: tuple[FacetName, ...] = Field(default=(), max_length=25)
