"""Query parameters in OpenAPI's deepObject style: `name[field]=…`, `name[field][key]=…`."""

import re
from collections.abc import Iterable

from stand_in.errors import ErrorDetail, RefusedError

Nested = dict[str, list[str]]
DeepObject = dict[str, list[str] | Nested]

_BRACKETS = re.compile(r"\[([^\[\]]+)\](?:\[([^\[\]]+)\])?")


def read_deep_object(name: str, pairs: Iterable[tuple[str, str]]) -> DeepObject:
    """All values given for each field, in order; a field with keys is a dict of such lists."""
    found: DeepObject = {}
    for parameter, value in pairs:
        if parameter.startswith(name):
            _add(found, name, parameter, value)
    return found


def _add(found: DeepObject, name: str, parameter: str, value: str) -> None:
    brackets = _BRACKETS.fullmatch(parameter, len(name))
    if brackets is None:
        raise _malformed(parameter)
    field, key = brackets.groups()
    values = found.setdefault(field, [] if key is None else {})
    if key is None and isinstance(values, list):
        values.append(value)
    elif key is not None and isinstance(values, dict):
        values.setdefault(key, []).append(value)
    else:
        raise _malformed(parameter)


def _malformed(parameter: str) -> RefusedError:
    message = f"{parameter} is not of the form name[field] or name[field][key]."
    return RefusedError(400, message, (ErrorDetail("invalid_parameter", message, parameter),))
