"""A search's query string, read by upstream's rules and checked against its limits."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, Json, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from stand_in.errors import ErrorDetail, RefusedError
from stand_in.request.deep_object import read_deep_object
from stand_in.request.fmt_options import FmtOptions
from stand_in.request.query_types import Last, QueryBool, QueryInt
from stand_in.request.variations_map import VariationsMap

Pairs = list[tuple[str, str]]
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Segment = Annotated[str, StringConstraints(min_length=1)]

_MOST_DETAILS = 10


class SearchQuery(BaseModel):
    """The parameters of one search."""

    model_config = ConfigDict(frozen=True)

    key: Annotated[Name, Last]
    section: Annotated[Name, Last] = "Products"
    search_crop_type: Annotated[Literal["bbox", "segment"], Last] = "bbox"
    variations_map: Annotated[Json[VariationsMap], Last] | None = None
    fmt_options: FmtOptions = FmtOptions()
    c: Annotated[Name, Last] | None = None
    us: tuple[Segment, ...] = ()
    use_segmentation: QueryBool = False
    return_segments: QueryBool = False
    ui: Annotated[str, Last] | None = None
    s: Annotated[QueryInt, Field(ge=1)] | None = None
    i: Annotated[str, Last] | None = None


def read_pairs(query_string: bytes) -> Pairs:
    """Names and values, decoded, in the order they were sent, empty ones kept."""
    return parse_qsl(query_string.decode("utf-8", "replace"), keep_blank_values=True)


def read_query(pairs: Pairs) -> SearchQuery:
    """Typed parameters; an unknown parameter is ignored, a wrong one refused with 400."""
    given: dict[str, Any] = {}
    for name, value in pairs:
        if name in SearchQuery.model_fields and name != "fmt_options":
            given.setdefault(name, []).append(value)
    given["fmt_options"] = read_deep_object("fmt_options", pairs)
    try:
        return SearchQuery.model_validate(given)
    except ValidationError as error:
        raise _refused(error.errors(include_url=False)) from error


def _refused(errors: Sequence[ErrorDetails]) -> RefusedError:
    details = tuple(_detail(error) for error in errors[:_MOST_DETAILS])
    return RefusedError(400, "The request has invalid parameters.", details)


def _detail(error: ErrorDetails) -> ErrorDetail:
    names = [part for part in error["loc"] if isinstance(part, str)]
    source, rest = names[0], names[1:]
    if source == "fmt_options":
        source += "".join(f"[{name}]" for name in rest if name != "[key]")
    where = f"{source} ({'.'.join(rest)})" if source == "variations_map" and rest else source
    code = "missing_parameter" if error["type"] == "missing" else "invalid_parameter"
    return ErrorDetail(code, f"{where}: {error['msg']}", source)
