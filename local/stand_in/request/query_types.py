"""How plain query text becomes a typed value; a repeated single value counts by its last."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError


def _last(value: Any) -> Any:
    return value[-1] if isinstance(value, list) and value else value


def _boolean(value: Any) -> Any:
    text = _last(value)
    if text not in ("true", "false", True, False):
        raise PydanticCustomError("boolean", "must be true or false")
    return text in ("true", True)


def _integer(value: Any) -> Any:
    text = _last(value)
    if isinstance(text, str) and not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise PydanticCustomError("integer", "must be an integer")
    return int(text)


Last = BeforeValidator(_last)
QueryBool = Annotated[bool, BeforeValidator(_boolean)]
QueryInt = Annotated[int, BeforeValidator(_integer)]
