"""The search parameters: from the raw query to one validated value, and back to pairs.

The client's own ``key``, ``c`` and ``_dt`` are the proxy's business and dropped. ``site`` is the
proxy's own: it names the index to search. Any other name upstream does not document is refused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic import ValidationError as PydanticError

from image_search.errors import InvalidParameters, Problem
from image_search.parameters import query_string
from image_search.parameters.fmt_options import Flag, FmtOptions, Integer
from image_search.parameters.variations_map import canonical_json, check_variations_map
from image_search.settings import PRIVILEGED_FMT_OPTIONS
from image_search.site import SiteName

DROPPED = frozenset({"key", "c", "_dt"})
IDENTITY = frozenset({"i", "s", "ui"})

_LISTS = {("us",)} | {
    ("fmt_options", name)
    for name in ("fields", "hidden_fields", "hidden_facets", "hidden_sort_options")
}
_FACET_OPTIONS = ("fmt_options", "facet_options")


_NO_OPTIONS = FmtOptions()
"""One for all: pydantic would copy a default for each request."""


class SearchParameters(BaseModel):
    """What upstream's v2 ``image_search`` takes, within its documented limits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: Annotated[str, StringConstraints(min_length=1, max_length=100)] = "Products"
    search_crop_type: Literal["bbox", "segment"] = "bbox"
    use_segmentation: Flag = False
    return_segments: Flag = False
    variations_map: Annotated[str, AfterValidator(check_variations_map)] | None = None
    fmt_options: FmtOptions = Field(default_factory=lambda: _NO_OPTIONS)
    us: tuple[Annotated[str, StringConstraints(min_length=1)], ...] = ()
    i: str | None = None
    s: Annotated[Integer, Field(ge=1)] | None = None
    ui: str | None = None
    site: SiteName | None = None

    @classmethod
    def parse(cls, raw_query: str, allowed_fmt_options: Collection[str] = ()) -> Self:
        """Reads a raw query string; raises ``InvalidParameters`` naming all that is wrong."""
        values, problems = _collect(query_string.parse(raw_query))
        try:
            parameters = cls.model_validate(values)
        except PydanticError as error:
            problems.extend(_problems(error))
        if problems:
            raise InvalidParameters(problems)
        parameters._refuse_privileged(allowed_fmt_options)
        return parameters

    def pairs(self) -> query_string.Pairs:
        """Name and value pairs as the client meant them, for the upstream call."""
        return tuple(_flatten((), self.model_dump(exclude_unset=True, exclude={"site"})))

    def canonical_pairs(self) -> query_string.Pairs:
        """The same pairs for any two requests that must get the same answer.

        Defaults are left out, sets sorted, JSON spelled one way; what only matters with
        segmentation is left out without it.
        """
        meaning = self.model_dump(exclude_defaults=True)
        if not self.use_segmentation:
            meaning.pop("search_crop_type", None)
            meaning.pop("return_segments", None)
        if self.variations_map is not None:
            meaning["variations_map"] = canonical_json(self.variations_map)
        return tuple(sorted(set(_flatten((), meaning))))

    def identity(self) -> query_string.Pairs:
        """The pairs that name the end user."""
        return tuple(_flatten((), self.model_dump(include=set(IDENTITY), exclude_none=True)))

    def without_identity(self) -> Self:
        if self.model_fields_set.isdisjoint(IDENTITY):
            return self
        kept = self.model_fields_set - IDENTITY
        return self.model_construct(kept, **{name: getattr(self, name) for name in kept})

    def _refuse_privileged(self, allowed: Collection[str]) -> None:
        privileged = self.fmt_options.model_fields_set & PRIVILEGED_FMT_OPTIONS
        problems = [
            Problem(
                "parameter_not_allowed",
                f"This deployment does not allow fmt_options[{name}].",
                f"fmt_options[{name}]",
            )
            for name in sorted(privileged.difference(allowed))
            if getattr(self.fmt_options, name)
        ]
        if problems:
            raise InvalidParameters(problems)


def _collect(pairs: query_string.Pairs) -> tuple[dict[str, Any], list[Problem]]:
    """Nested values for the model, and what is wrong with the names alone."""
    by_name: dict[str, list[str]] = {}
    for name, value in pairs:
        by_name.setdefault(name, []).append(value)
    values: dict[str, Any] = {}
    problems = []
    for name, given in by_name.items():
        path = query_string.path_of(name)
        if path and path[0] in DROPPED:
            continue
        if not path or not _is_known(path):
            problems.append(Problem("unknown_parameter", "This parameter is unknown.", name))
        elif _is_list(path):
            _place(values, path, given)
        elif len(given) > 1:
            problems.append(Problem("invalid_parameter", "Value should be given only once", name))
        else:
            _place(values, path, given[0])
    return values, problems


def _is_known(path: query_string.Path) -> bool:
    if path[0] != "fmt_options":
        return len(path) == 1 and path[0] in SearchParameters.model_fields
    if path[:2] == _FACET_OPTIONS:
        return len(path) == 3
    return len(path) == 2 and path[1] in FmtOptions.model_fields


def _is_list(path: query_string.Path) -> bool:
    return path in _LISTS or path[:2] == _FACET_OPTIONS


def _place(values: dict[str, Any], path: query_string.Path, value: object) -> None:
    *parents, last = path
    for step in parents:
        values = values.setdefault(step, {})
    values[last] = value


def _problems(error: PydanticError) -> Iterator[Problem]:
    for problem in error.errors(include_url=False, include_input=False):
        steps = tuple(str(step) for step in problem["loc"])
        path = steps[: 3 if steps[:2] == _FACET_OPTIONS else 2 if steps[0] == "fmt_options" else 1]
        message = problem["msg"].removeprefix("Value error, ")
        yield Problem("invalid_parameter", message, query_string.name_of(path))


def _flatten(path: query_string.Path, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for step, inner in value.items():
            yield from _flatten((*path, step), inner)
    elif isinstance(value, Iterable) and not isinstance(value, str):
        for inner in value:
            yield from _flatten(path, inner)
    elif isinstance(value, bool):
        yield query_string.name_of(path), str(value).lower()
    else:
        yield query_string.name_of(path), str(value)
