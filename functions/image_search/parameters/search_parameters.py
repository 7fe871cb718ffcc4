"""The search parameters: from the raw query to one validated value, and back to pairs.

The client's own ``key`` and ``c`` are the proxy's business and dropped; so is what clients add to
every call: ``_dt`` and jQuery's ``_`` against caches, ``ef-<cell>`` for the experiments of
upstream's own JavaScript client. ``site`` is the proxy's own: it names the index to search. Any
other name upstream does not document is refused.
"""

from __future__ import annotations

import re
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

DROPPED = frozenset({"key", "c", "_dt", "_"})
DROPPED_PREFIX = "ef-"
IDENTITY = frozenset({"i", "s", "ui"})

_LISTS = {("us",)} | {
    ("fmt_options", name)
    for name in ("fields", "hidden_fields", "hidden_facets", "hidden_sort_options")
}
_FACET_OPTIONS = ("fmt_options", "facet_options")
# What may follow a list's name in brackets: nothing, or an index.
_OF_LIST = re.compile(r"|0|[1-9][0-9]{0,3}")


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
    def parse(
        cls,
        raw_query: str,
        allowed_fmt_options: Collection[str] = (),
        of_form: query_string.Pairs = (),
    ) -> Self:
        """Reads a raw query string, and the parameters that came in a form.

        Raises ``InvalidParameters`` naming all that is wrong.
        """
        of_query = query_string.parse(raw_query)
        values, problems = _collect((*of_query, *of_form))
        problems.extend(_in_both(of_query, of_form))
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
    lists: dict[query_string.Path, list[str]] = {}
    problems = []
    for name, given in by_name.items():
        path = _path(name)
        if name.startswith(DROPPED_PREFIX) or (path and path[0] in DROPPED):
            continue
        if not path or not _is_known(path):
            problems.append(Problem("unknown_parameter", _what_is_unknown(path), name))
        elif _is_list(path) and not (len(given) > 1 and _is_indexed(name)):
            lists.setdefault(path, []).extend(given)
        elif len(given) > 1:
            problems.append(Problem("invalid_parameter", "Value should be given only once", name))
        else:
            _place(values, path, given[0])
    for path, given in lists.items():
        _place(values, path, given)
    return values, problems


def is_parameter(name: str) -> bool:
    """Whether it is meant for one: by its part before the first bracket."""
    first = name.partition("[")[0]
    return first in SearchParameters.model_fields or first in DROPPED


def _in_both(of_query: query_string.Pairs, of_form: query_string.Pairs) -> Iterator[Problem]:
    """A name in both, be it a list's: which of them is meant, or both, is anyone's guess."""
    names = {_path(name) for name, _ in of_query}
    message = "Value should be in the query or in the form, not in both"
    for path in dict.fromkeys(_path(name) for name, _ in of_form):
        if path and path in names and path[0] not in DROPPED:
            yield Problem("invalid_parameter", message, query_string.name_of(path))


def _is_known(path: query_string.Path) -> bool:
    if path[0] != "fmt_options":
        return len(path) == 1 and path[0] in SearchParameters.model_fields
    if path[:2] == _FACET_OPTIONS:
        return len(path) == 3 and path[2] != ""
    return len(path) == 2 and path[1] in FmtOptions.model_fields


def _is_list(path: query_string.Path) -> bool:
    return path in _LISTS or (len(path) == 3 and path[:2] == _FACET_OPTIONS)


def _path(name: str) -> query_string.Path | None:
    """The steps of a name; of a list without its ``[]`` or ``[0]``, which axios, PHP, Rails and qs
    write at its end."""
    path = query_string.path_of(name)
    if path and _is_list(path[:-1]) and _OF_LIST.fullmatch(path[-1]):
        return path[:-1]
    return path


def _is_indexed(name: str) -> bool:
    """A place in a list, which can hold one value: readers differ in which of two they take."""
    path = query_string.path_of(name) or ()
    return path != _path(name) and path[-1] != ""


def _what_is_unknown(path: query_string.Path | None) -> str:
    if path is None:
        return "This parameter is unknown: its brackets do not pair up, or are empty."
    if path[0] == "variations_map":
        return "This parameter is unknown: variations_map is one JSON text, without brackets."
    if path[0] in ("us", "fmt_options"):
        return "This parameter is unknown."
    if path[0] in SearchParameters.model_fields:
        return f"This parameter is unknown: {path[0]} is one value, without brackets."
    return "This parameter is unknown."


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
