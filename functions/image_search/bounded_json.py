"""JSON from outside, read within limits of the project's own.

The interpreter's limits differ: Python 3.11 counts levels of nesting together with the calls on its
stack, 3.12 counts them apart, and how many digits an integer may have is a setting. What is within
the limits below is read by every Python, and what is beyond them by none.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import accumulate
from typing import Any, NoReturn

# Upstream's answers have about a dozen levels, and no filter that a person writes has more.
MAX_DEPTH = 100
# A double, which is what most readers make of any number, holds 308 (RFC 8259 §6).
MAX_DIGITS = 300

_OTHERS = bytes(set(range(256)).difference(b'[]{}"'))
# As signed numbers: a level more, and a level less.
_LEVELS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")


def check_depth(text: str | bytes) -> None:
    """Raises ``ValueError`` when arrays and objects nest more than ``MAX_DEPTH`` levels deep.

    Takes time in proportion to the text and needs no stack, whatever the text is.
    """
    # There are no more levels than opening brackets, strings included.
    if not _occur_more_often("[{", text, MAX_DEPTH):
        return
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if b"\\" in content:
        content = content.replace(rb"\\", b"").replace(rb"\"", b"")
    # Without the escapes, every other piece between quotes is a string.
    brackets = b"".join(content.translate(_LEVELS, _OTHERS).split(b'"')[::2])
    if max(accumulate(memoryview(brackets).cast("b")), default=0) > MAX_DEPTH:
        raise ValueError(f"Value should not be nested more than {MAX_DEPTH} levels deep")


def check_members(text: str | bytes, most: int) -> None:
    """Raises ``ValueError`` when there are more quotation marks and commas than ``most``.

    Objects and arrays have one for each member: so a reader's work is bounded before it begins.
    """
    if _occur_more_often('",', text, most):
        raise ValueError("Value should not have so many members")


def check_unicode(text: str) -> None:
    """Raises ``ValueError`` for half a character (a lone surrogate), which UTF-8 has no form for.

    A text that came within an event may hold one: Python's own JSON reader lets them pass.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("Value should be Unicode text, without half a character") from None


def _occur_more_often(signs: str, text: str | bytes, most: int) -> bool:
    """``find`` takes 0.2 ms for the 5 MB of a photo in base64, where ``count`` takes 3."""
    found = 0
    for sign in signs:
        sought: Any = sign if isinstance(text, str) else sign.encode()
        at = text.find(sought)
        while at >= 0:
            found += 1
            if found > most:
                return True
            at = text.find(sought, at + 1)
    return False


def read(
    text: str, object_pairs_hook: Callable[[list[tuple[str, Any]]], object] | None = None
) -> Any:
    """One JSON text to plain values. ``object_pairs_hook``: as of ``json.loads``.

    Raises ``ValueError`` for what is no JSON (RFC 8259) or beyond the limits.
    """
    check_depth(text)
    return json.loads(
        text,
        object_pairs_hook=object_pairs_hook,
        parse_int=_integer,
        parse_float=_finite,
        parse_constant=_no_constant,
    )


def _integer(text: str) -> int:
    if len(text.removeprefix("-")) > MAX_DIGITS:
        raise ValueError(f"Value should not have a number of more than {MAX_DIGITS} digits")
    return int(text)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError("Value should not have a number beyond the range of a double")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"Value should be JSON, which has no {name}")
