r"""Finds secrets in a text, however they are spelled there.

A text is read as it stands, and again with one layer of spelling after the other taken off:

* percent-encoding (RFC 3986 §2.1) of any character, in either case of its digits, any number of
  times: ``%6b``, ``%256B``;
* JSON's escapes (RFC 8259 §7) at any depth, and Python's: ``\u006b``, ``\\\\u006B``, ``\"``,
  ``\x6b``;
* base64 in both alphabets (RFC 4648 §4 and §5), at any alignment, in lines or in one, and what is
  spelled in any of these ways within.

Where a reading differs by taste, such as how many backslashes one stands for, both the text and
the secret are read the more generous way: rather is a text redacted that holds no secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

import pybase64

REDACTED = "[redacted]"

_PERCENT = re.compile(rb"%(?:25)*([0-9a-fA-F]{2})")
_ESCAPE = re.compile(
    rb"\\+(?:u([dD][89abAB][0-9a-fA-F]{2})\\+u([dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([nr]))?"
)
# The ends of base64's lines (RFC 2045 §6.8).
_LINE_ENDS = re.compile(rb"[\r\n]+")
# Percent-encoding within escapes within percent-encoding: what has more turns is not read further.
_MOST_TURNS = 8
# Base64 in base64 in base64.
_BASE64_LAYERS = 3
# Shorter values turn up by chance in what is no base64 but is read as such.
_SHORTEST_IN_BASE64 = 6
# Texts that are remembered, by their length.
_SHORT = 64
_MOST_BYTES = 4  # of UTF-8
# Places at which a text, or many together, hold a secret: 250,000 of them took 1.5 s to replace.
_MOST_RANGES = 100_000
# Between texts that are read as one. It is no part of any spelling.
_BETWEEN = b"\0"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_IN_ALPHABET = bytes(b"x"[0] if byte in _ALPHABET + b"-_" else 0 for byte in range(256))
_TO_ALPHABET = bytes(
    {ord("-"): ord("+"), ord("_"): ord("/")}.get(byte, byte if byte in _ALPHABET else ord("A"))
    for byte in range(256)
)

_Range = tuple[int, int]


class _Reading(NamedTuple):
    """``before``: from ranges of ``data`` to those of the reading that it was made of. Both are in
    order; those of ``data`` do not overlap."""

    data: bytes
    before: Callable[[Iterable[_Range]], Iterable[_Range]]
    of_base64: bool


class Spellings:
    """Looks for some secrets. One for each set of them: see ``spellings_of``."""

    def __init__(self, secrets: Iterable[str]) -> None:
        plain = {each for secret in secrets if secret for each in _plain_readings(secret)}
        coded = {each for each in plain if len(each) >= _SHORTEST_IN_BASE64}
        self._anywhere = sorted(plain | {core for each in coded for core in _base64_cores(each)})
        self._in_base64 = [each for each in self._anywhere if len(each) >= _SHORTEST_IN_BASE64]
        self._shortest = min(map(len, plain), default=0)
        # What a secret that could be found in base64 takes there, less the characters at its ends.
        shortest_coded = min(map(len, coded), default=0)
        self._base64_run = b"x" * (shortest_coded * 4 // 3 - 1) if coded else b""
        # Most of what is logged is logged again, such as a route's name: 5 us for each of them.
        self._found_in_short = lru_cache(maxsize=512)(self._look_for)
        self.may_be_numbers = any(each.isdigit() for each in plain)

    def found_in(self, text: str | bytes) -> bool:
        """Whether there is a secret in any spelling. Takes time in proportion to the text."""
        # A character takes a byte at least, but no spelling is shorter than the secret.
        if not self._anywhere or len(text) * _MOST_BYTES < self._shortest:
            return False
        short = len(text) <= _SHORT
        return self._found_in_short(text) if short else self._look_for(text)

    def _look_for(self, text: str | bytes) -> bool:
        content = _encoded(text)
        return len(content) >= self._shortest and any(
            sought in reading.data
            for reading in self._readings(_as_it_stands(content), _BASE64_LAYERS)
            for sought in self._sought_in(reading)
        )

    def redact(self, text: str) -> str:
        """The text without secrets; the text itself where there are none."""
        return self.redact_each((text,)).get(text, text) if self.found_in(text) else text

    def redact_each(self, texts: Iterable[str]) -> dict[str, str]:
        """The texts that hold a secret, and what each is without.

        All are read at once: 200,000 short ones take 0.2 s for a megabyte, and one by one 1.4 s.
        """
        encoded = {text: _encoded(text) for text in texts}
        joined = _as_it_stands(_BETWEEN.join(encoded.values()))
        ranges = list(self._ranges(joined, _BASE64_LAYERS))
        shares = zip(encoded.items(), _shares(ranges, map(len, encoded.values())), strict=True)
        return {text: _without(content, own) for (text, content), own in shares if own}

    def _ranges(self, reading: _Reading, base64_layers: int) -> Iterable[_Range]:
        """Where secrets are in what ``reading`` was made of.

        All that is found in a reading is brought back at once: to say where each came from takes
        time in proportion to the text.
        """
        layers = list(_unescaped(reading))
        found = self._ranges_in_base64(layers[-1], base64_layers)
        for layer in reversed(layers):
            found = layer.before(_bounded([*found, *self._occurrences(layer)]))
        return found

    def _ranges_in_base64(self, reading: _Reading, layers: int) -> Iterable[_Range]:
        if not layers or not self._has_base64(reading):
            return ()
        joined = _in_one_line(reading)
        inner = (self._ranges(_from_base64(joined, offset), layers - 1) for offset in range(4))
        return joined.before(_bounded([*self._occurrences(joined), *chain.from_iterable(inner)]))

    def _occurrences(self, reading: _Reading) -> Iterator[_Range]:
        for sought in self._sought_in(reading):
            at = reading.data.find(sought)
            while at >= 0:
                yield at, at + len(sought)
                at = reading.data.find(sought, at + 1)

    def _sought_in(self, reading: _Reading) -> list[bytes]:
        return self._in_base64 if reading.of_base64 else self._anywhere

    def _readings(self, reading: _Reading, base64_layers: int) -> Iterator[_Reading]:
        for unescaped in _unescaped(reading):
            yield unescaped
            reading = unescaped
        if not base64_layers or not self._has_base64(reading):
            return
        joined = _in_one_line(reading)
        yield joined
        for offset in range(4):
            yield from self._readings(_from_base64(joined, offset), base64_layers - 1)

    def _has_base64(self, reading: _Reading) -> bool:
        """Whether there is anything as long as a secret is in base64."""
        run = self._base64_run
        return bool(run) and run in reading.data.translate(_IN_ALPHABET, b"\r\n")


@lru_cache(maxsize=16)
def spellings_of(secrets: tuple[str, ...]) -> Spellings:
    """What is looked for is worked out once for each set of secrets, not for each text."""
    return Spellings(secrets)


def _encoded(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def _as_it_stands(content: bytes) -> _Reading:
    return _Reading(content, lambda ranges: ranges, of_base64=False)


def _plain_readings(secret: str) -> set[bytes]:
    """Read as texts are, a secret with a backslash or a per cent sign is another one, too."""
    return {reading.data for reading in _unescaped(_as_it_stands(_encoded(secret)))} - {b""}


def _base64_cores(secret: bytes) -> Iterator[bytes]:
    """The characters of base64 that a secret alone decides, by where it begins in three bytes."""
    for before in range(3):
        coded = pybase64.b64encode(bytes(before) + secret)
        core = coded[-(-before * 8 // 6) : (before + len(secret)) * 8 // 6]
        yield core
        yield core.translate(bytes.maketrans(b"+/", b"-_"))


def _unescaped(reading: _Reading) -> Iterator[_Reading]:
    """The reading, and what it becomes without percent-encoding and escapes, turn by turn."""
    yield reading
    for _ in range(_MOST_TURNS):
        before = reading.data
        for sign, pattern, meaning in ((b"%", _PERCENT, _byte), (b"\\", _ESCAPE, _character)):
            if sign in reading.data:
                changed = _substituted(reading, pattern, meaning)
                if changed.data != reading.data:
                    reading = changed
                    yield reading
        if reading.data == before:
            return


def _byte(match: re.Match[bytes]) -> bytes:
    return bytes((int(match[1], 16),))


def _character(match: re.Match[bytes]) -> bytes:
    """A line break may stand in base64. Of any other escaped letter, as of a quotation mark, the
    letter stays: it may follow a backslash that escapes nothing."""
    high, low, unit, byte, line_end = match.groups()
    if line_end:
        return b"\n"
    if high:
        code = 0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00)
    elif unit or byte:
        code = int(unit or byte, 16)
    else:
        return b""
    return chr(code).encode("utf-8", "surrogatepass")


def _nothing(_: re.Match[bytes]) -> bytes:
    return b""


def _in_one_line(reading: _Reading) -> _Reading:
    # As fast as a pattern is slow, and answers may have many lines.
    joined = _changed(reading, reading.data.translate(None, b"\r\n"), _LINE_ENDS, _nothing)
    return joined._replace(of_base64=True)


def _substituted(
    reading: _Reading, pattern: re.Pattern[bytes], meaning: Callable[[re.Match[bytes]], bytes]
) -> _Reading:
    return _changed(reading, pattern.sub(meaning, reading.data), pattern, meaning)


def _changed(
    reading: _Reading,
    data: bytes,
    pattern: re.Pattern[bytes],
    meaning: Callable[[re.Match[bytes]], bytes],
) -> _Reading:
    def before(ranges: Iterable[_Range]) -> Iterator[_Range]:
        return _ranges_before(reading.data, pattern, meaning, ranges)

    return _Reading(data, before, reading.of_base64)


def _ranges_before(
    data: bytes,
    pattern: re.Pattern[bytes],
    meaning: Callable[[re.Match[bytes]], bytes],
    ranges: Iterable[_Range],
) -> Iterator[_Range]:
    """Ranges of ``data`` that became the given ones, with all of each substitution they touch."""
    # Where each substitution is in ``data``, and how long what came of it.
    edits = ((*match.span(), len(meaning(match))) for match in pattern.finditer(data))
    edit, shift = next(edits, None), 0  # shift: how much further on the same place is in ``data``
    for start, end in ranges:
        first = last = None
        while edit is not None:
            edit_start, edit_end, length = edit
            begins, ends = edit_start - shift, edit_start - shift + length
            if first is None and start < ends:
                first = min(start + shift, edit_start)
            if end <= begins:
                break
            if end <= ends:
                last = edit_end  # the next range may have a part of this one, too
                break
            edit, shift = next(edits, None), edit_end - ends
        yield start + shift if first is None else first, end + shift if last is None else last


def _from_base64(reading: _Reading, offset: int) -> _Reading:
    """All of it as if it were base64, which some of it may be; its groups begin at ``offset``."""
    text = reading.data[offset:].translate(_TO_ALPHABET)
    text += b"A" * (-len(text) % 4)  # what has no padding is no multiple of four

    def before(ranges: Iterable[_Range]) -> Iterator[_Range]:
        for start, end in ranges:
            last = min(offset + (end * 8 - 1) // 6 + 1, len(reading.data))
            while reading.data[last : last + 1] == b"=":
                last += 1
            yield offset + start * 8 // 6, last

    return _Reading(pybase64.b64decode(text), before, of_base64=True)


def _without(content: bytes, ranges: Iterable[_Range]) -> str:
    """``content`` as text, with something else in place of each range."""
    parts, at = [], 0
    for start, end in ranges:
        parts += [content[at:start], REDACTED.encode()]
        at = end
    return b"".join((*parts, content[at:])).decode("utf-8", "surrogatepass")


def _shares(ranges: list[_Range], lengths: Iterable[int]) -> Iterator[list[_Range]]:
    """For each of the texts that were joined, its own part of the ranges."""
    start = at = 0
    for length in lengths:
        end, own = start + length, []
        while at < len(ranges) and ranges[at][0] < end:
            first, last = ranges[at]
            if last > start:
                own.append((max(first, start) - start, min(last, end) - start))
            if last > end:
                break  # it goes on in the next text
            at += 1
        yield own
        start = end + len(_BETWEEN)


def _bounded(ranges: list[_Range]) -> Iterable[_Range]:
    """As ``_merged``; as one range, with all that is between, where there are too many."""
    if len(ranges) > _MOST_RANGES:
        return [(min(start for start, _ in ranges), max(end for _, end in ranges))]
    return _merged(ranges)


def _merged(ranges: Iterable[_Range]) -> Iterator[_Range]:
    """In order, each once, those that overlap as one."""
    start = end = -1
    for each in sorted(ranges):
        if each[0] < end:
            end = max(end, each[1])
            continue
        if end > start:
            yield start, end
        start, end = each
    if end > start:
        yield start, end
